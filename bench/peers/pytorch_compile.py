"""PyTorch with the whole training step compiled: torch.compile over torch.func's gradients.

Samples are loaded and normalised once; images are gathered inside of the compiled step, which was
the fastest of the forms tried. One thread; with 2 cores two processes, each pinned to a core.
"""

import torch
from torch.func import functional_call, grad_and_value
from torch.nn.functional import cross_entropy

from measure import arguments, measure
from pytorch_model import PACKAGES, make_model, samples_on, set_up
from yardstick import BATCH, LEARNING_RATE


def prepare(options):
    set_up(options)
    images, labels = samples_on(options.device)
    count = len(labels)
    model = make_model().to(options.device)
    parameters = {name: value.detach() for name, value in model.named_parameters()}

    def loss_of(parameters, images, labels):
        return cross_entropy(functional_call(model, parameters, (images,)), labels)

    # The last batch is short: with fixed shapes it gets a compiled step of its own.
    @torch.compile(dynamic=False)
    def step(parameters, batch):
        gradients, loss = grad_and_value(loss_of)(parameters, images[batch], labels[batch])
        for name, value in parameters.items():
            value.sub_(gradients[name], alpha=LEARNING_RATE)
        return loss

    def epoch():
        total = torch.zeros((), device=options.device)
        for batch in torch.randperm(count, device=options.device).split(BATCH):
            total += step(parameters, batch) * len(batch)
        return total.item() / count

    return epoch


if __name__ == "__main__":
    flags = [("--tf32", "TF32 matrix products")]
    options = arguments(__doc__, devices=("cpu", "cuda"), flags=flags)
    measure("pytorch_compile", prepare, options, PACKAGES)
