"""The benchmark of whole sweeps: seconds of a process from start to end, peers included."""
