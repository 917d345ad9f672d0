"""chorus-torch: K models as one Stack, in a plain loop over samples that are loaded once.

The models share each epoch's order of batches, as the trials of a grid do. One thread; with 2 cores
two processes, each pinned to a core.
"""

import chorus
import torch

from measure import arguments, measure
from pytorch_model import PACKAGES, make_model, samples_on, set_up
from yardstick import BATCH, LEARNING_RATE


def prepare(options):
    set_up(options)
    images, labels = samples_on(options.device)
    count = len(labels)
    stack = chorus.Stack([make_model() for _ in range(options.members)]).to(options.device)
    optimizer = torch.optim.SGD(stack.parameters(), lr=LEARNING_RATE)

    def epoch():
        total = torch.zeros((), device=options.device)
        for batch in torch.randperm(count, device=options.device).split(BATCH):
            # The sum over the models, so that each has the gradient of its own loss.
            loss = chorus.stacked_cross_entropy(stack(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
        return total.item() / count / options.members

    return epoch


if __name__ == "__main__":
    flags = [("--tf32", "TF32 matrix products")]
    options = arguments(__doc__, members=True, devices=("cpu", "cuda"), flags=flags)
    measure("chorus_torch", prepare, options, [*PACKAGES, "chorus-torch"])
