"""PyTorch, eager, on samples that are loaded and normalised once, as a careful user writes it.

One thread; with 2 cores two processes, each pinned to a core. `--graph` captures a whole epoch
as one CUDA graph.
"""

import torch
from torch.nn.functional import cross_entropy

from measure import arguments, measure
from pytorch_model import PACKAGES, as_one_graph, make_model, samples_on, set_up
from yardstick import BATCH, LEARNING_RATE


def prepare(options):
    set_up(options)
    images, labels = samples_on(options.device)
    count = len(labels)
    model = make_model().to(options.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def train(order):
        total = torch.zeros((), device=options.device)
        for batch in order.split(BATCH):
            loss = cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            # The loss stays on the device until the end: asking for it would wait in each step.
            total += loss.detach() * len(batch)
        return total / count

    if options.graph:
        return as_one_graph(train, count, options.device)
    return lambda: train(torch.randperm(count, device=options.device)).item()


if __name__ == "__main__":
    flags = [("--graph", "one CUDA graph for an epoch"), ("--tf32", "TF32 matrix products")]
    options = arguments(__doc__, devices=("cpu", "cuda"), flags=flags)
    program = "pytorch_graph" if options.graph else "pytorch_preloaded"
    measure(program, prepare, options, PACKAGES)
