# The program with MNIST, for machines with a container runtime and for `tp-sweep launch kubernetes`.
#
#     docker build -t tp-sweep .
#     docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" tp-sweep sweeps/axe5.yaml
#
# NVIDIA GPUs need NVRTC and the CUDA headers, which the base image must have:
#
#     docker build -t tp-sweep-cuda --build-arg BASE=nvidia/cuda:12.8.1-devel-ubuntu24.04 .
#     docker run --rm --gpus all -v "$PWD:/work" --user "$(id -u):$(id -g)" tp-sweep-cuda sweeps/axe5.yaml --device cuda

# The base image needs glibc 2.36 or later, the version of the build image.
ARG BASE=debian:bookworm-slim

FROM rust:1.92-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked --features wgpu

FROM ${BASE}
COPY --from=build /source/target/release/tp-sweep /usr/local/bin/
COPY data/mnist /usr/local/share/tp-sweep/data/mnist
# Results belong to this user; `--user` selects another one.
RUN useradd --create-home --uid 10001 sweeper && mkdir /work && chown 10001 /work
USER 10001
WORKDIR /work
ENTRYPOINT ["tp-sweep"]
CMD ["--help"]
