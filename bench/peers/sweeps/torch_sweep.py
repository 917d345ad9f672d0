"""PyTorch, eager: the runs of a sweep on samples that are loaded once, one thread per process."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from network import network_of
from schedule import learning_rate
from torch_eager import make_model, make_optimizer
from workers import divide, result

# Samples that are evaluated at once.
EVALUATED = 1000


def prepare(data):
    torch.set_num_threads(1)
    labels = torch.from_numpy(data.labels)
    flat = torch.from_numpy(data.values)

    def train(run):
        torch.manual_seed(run["seed"])
        network = network_of(run)
        values = flat
        if network.channels:
            # [samples, channels, height, width], and in memory as loaded: channels last.
            values = flat.view(-1, *network.input_shape).permute(0, 3, 1, 2)
        training, validation = map(torch.from_numpy, data.split(run))
        held_out = values[validation], labels[validation]
        test = values[data.training_samples :], labels[data.training_samples :]
        model = make_model(network)
        initialise(model, run)
        optimizer = make_optimizer(model.parameters(), run["optimizer"])
        epochs = []
        for epoch in range(run["epochs"]):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(run, epoch)
            order = training[torch.randperm(len(training))]
            train_loss = train_epoch(model, optimizer, values, labels, order.split(run["batch"]))
            val_loss, val_accuracy = evaluate(model, *held_out)
            epochs.append(
                {"train_loss": train_loss, "val_loss": val_loss, "val_accuracy": val_accuracy}
            )
        return result(epochs, evaluate(model, *test))

    return train


def train_epoch(model, optimizer, values, labels, batches):
    """The mean loss of the epoch's batches."""
    model.train()
    losses = []
    for batch in batches:
        loss = cross_entropy(model(values[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).mean().item()


@torch.inference_mode()
def evaluate(model, values, labels):
    """Mean loss and accuracy."""
    model.eval()
    loss, right = 0.0, 0
    for some, targets in zip(values.split(EVALUATED), labels.split(EVALUATED)):
        logits = model(some)
        loss += cross_entropy(logits, targets, reduction="sum").item()
        right += (logits.argmax(1) == targets).sum().item()
    return loss / len(labels), right / len(labels)


def initialise(model, run):
    """Where the initial values are not PyTorch's own."""
    for layer in model.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            if run["init"] == "zeros":
                nn.init.zeros_(layer.weight)
            elif run["init"] == "kaiming_normal":
                nn.init.kaiming_normal_(layer.weight, nonlinearity=run["network"]["activation"])
            if run["bias_init"] == "zeros":
                nn.init.zeros_(layer.bias)


if __name__ == "__main__":
    divide(prepare, ["torch", "numpy"])
