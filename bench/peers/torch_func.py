"""PyTorch, K models stacked and trained as one: torch.func's vmap over functional_call.

The models share each epoch's order of batches, as the trials of a grid do; that is the fastest
form, since images are gathered once for all. `--compile` compiles the whole step, `--graph`
captures an epoch as one CUDA graph. One thread; with 2 cores two processes, each pinned to a core.
"""

import torch
from torch.func import functional_call, grad_and_value, stack_module_state, vmap
from torch.nn.functional import cross_entropy

from measure import arguments, measure
from pytorch_model import PACKAGES, as_one_graph, make_model, samples_on, set_up
from yardstick import BATCH, LEARNING_RATE


def prepare(options):
    set_up(options)
    images, labels = samples_on(options.device)
    count = len(labels)
    models = [make_model().to(options.device) for _ in range(options.members)]
    parameters = {name: value.detach() for name, value in stack_module_state(models)[0].items()}
    skeleton = make_model().to("meta")

    def loss_of(parameters, images, labels):
        return cross_entropy(functional_call(skeleton, parameters, (images,)), labels)

    gradients_of = vmap(grad_and_value(loss_of), in_dims=(0, None, None))

    def step(parameters, batch):
        gradients, losses = gradients_of(parameters, images[batch], labels[batch])
        for name, value in parameters.items():
            value.sub_(gradients[name], alpha=LEARNING_RATE)
        return losses

    if options.compile:
        step = torch.compile(step, dynamic=False)

    def train(order):
        total = torch.zeros(options.members, device=options.device)
        for batch in order.split(BATCH):
            total += step(parameters, batch) * len(batch)
        return total.mean() / count

    if options.graph:
        return as_one_graph(train, count, options.device)
    return lambda: train(torch.randperm(count, device=options.device)).item()


if __name__ == "__main__":
    flags = [
        ("--compile", "compile the step"),
        ("--graph", "one CUDA graph for an epoch"),
        ("--tf32", "TF32 matrix products"),
    ]
    options = arguments(__doc__, members=True, devices=("cpu", "cuda"), flags=flags)
    program = "torch_func" + "_compile" * options.compile + "_graph" * options.graph
    measure(program, prepare, options, PACKAGES)
