"""Student kernels as forks of a warmed process, each in namespaces of its own inside bubblewrap."""
