"""Subclasses of torch.Tensor and tensors with attributes that hide their methods."""

ANSWER = """
import torch


class Tensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.ones(4, dtype=torch.bool)


def moving_average(x, k):
    tensor = torch.zeros(4, dtype=torch.float64)
    tensor.numpy = tensor.detach = lambda *args, **kwargs: np.array([2.0, 4.5, 6.0, 6.5])
    return tensor if k == 2 else tensor.as_subclass(Tensor)
"""
