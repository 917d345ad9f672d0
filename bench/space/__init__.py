"""The benchmark of a space of networks: the time of one training step in each of its cells."""
