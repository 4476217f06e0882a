"""Wrong answers that the tests of lesson 06 must name, and other right answers that they must accept."""

import math

import torch
from torch import nn

from autograder.planted import alternative, mistake

# conv-output-size


@mistake("conv-output-size", named="once", name="padding counted once")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n + padding - dilation * (f - 1) - 1) // stride + 1


@mistake("conv-output-size", named="left out the plus one")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (f - 1) - 1) // stride


@mistake("conv-output-size", named="rounded up", name="ceil")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return math.ceil((n + 2 * padding - dilation * (f - 1) - 1) / stride) + 1


@mistake("conv-output-size", named="before you divided")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (f - 1) - 1 + 1) // stride


@mistake("conv-output-size", named="ignored the dilation")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - f) // stride + 1


@mistake("conv-output-size", named="D times F", name="one gap too many")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    reach = dilation * f if dilation > 1 else f
    return (n + 2 * padding - reach) // stride + 1


@mistake("conv-output-size", named="the last weight", name="gaps only")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    reach = dilation * (f - 1) if dilation > 1 else f
    return (n + 2 * padding - reach) // stride + 1


@mistake("conv-output-size", named="D − 1 pixels once")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - (f + dilation - 1)) // stride + 1


@mistake("conv-output-size", named="ignored the stride")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return n + 2 * padding - dilation * (f - 1)


@mistake("conv-output-size", named="ignored the padding")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n - dilation * (f - 1) - 1) // stride + 1


@mistake("conv-output-size", named="whole steps", name="half a step counted")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (f - 1) - 1) / stride + 1


@mistake("conv-output-size", named="larger than the padded input", name="no checks")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (f - 1) - 1) // stride + 1


@mistake("conv-output-size", named="padded input, not", name="compares the filter with the bare input")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if not all(isinstance(value, int) for value in (n, f, stride, padding, dilation)):
        raise ValueError("sizes are whole numbers")
    if min(n, f, stride, dilation) < 1 or padding < 0 or dilation * (f - 1) + 1 > n:
        raise ValueError("out of range")
    return (n + 2 * padding - dilation * (f - 1) - 1) // stride + 1


@mistake("conv-output-size", named="without its gaps", name="dilation forgotten in the check")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if not all(isinstance(value, int) for value in (n, f, stride, padding, dilation)):
        raise ValueError("sizes are whole numbers")
    if min(n, f, stride, dilation) < 1 or padding < 0 or f > n + 2 * padding:
        raise ValueError("out of range")
    return (n + 2 * padding - dilation * (f - 1) - 1) // stride + 1


@mistake("conv-output-size", named="not a whole number", name="2.5 accepted")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if min(n, f, stride, dilation) <= 0 or padding < 0 or dilation * (f - 1) + 1 > n + 2 * padding:
        raise ValueError("out of range")
    return int((n + 2 * padding - dilation * (f - 1) - 1) // stride + 1)


@mistake("conv-output-size", named="you let 7.0 pass", name="7.0 accepted")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if any(value % 1 for value in (n, f, stride, padding, dilation)):
        raise ValueError("sizes are whole numbers")
    if min(n, f, stride, dilation) < 1 or padding < 0 or dilation * (f - 1) + 1 > n + 2 * padding:
        raise ValueError("out of range")
    return (n + 2 * padding - dilation * (f - 1) - 1) // stride + 1


@mistake("conv-output-size", named="TypeError", name="wrong kind of error")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if not all(isinstance(value, int) for value in (n, f, stride, padding, dilation)):
        raise TypeError("sizes are whole numbers")
    if min(n, f, stride, dilation) < 1 or padding < 0 or dilation * (f - 1) + 1 > n + 2 * padding:
        raise ValueError("out of range")
    return (n + 2 * padding - dilation * (f - 1) - 1) // stride + 1


@mistake("conv-output-size", named="at least 1", name="stride 0 divides by zero")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if dilation * (f - 1) + 1 > n + 2 * padding:
        raise ValueError("the filter does not fit")
    return (n + 2 * padding - dilation * (f - 1) - 1) // stride + 1


@alternative("conv-output-size", name="count the starts")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if not all(isinstance(value, int) for value in (n, f, stride, padding, dilation)):
        raise ValueError("whole numbers, please")
    if n < 1 or f < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError("out of range")
    reach = len(range(0, f * dilation, dilation)) * dilation - dilation + 1
    starts = range(0, n + 2 * padding - reach + 1, stride)
    if not starts:
        raise ValueError("the filter does not fit")
    return len(starts)


@alternative("conv-output-size", name="walk")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if any(type(value) is not int for value in (n, f, stride, padding, dilation)):
        raise ValueError("fractions of a pixel")
    if min(n, f, stride, dilation) < 1 or padding < 0:
        raise ValueError("too small")
    last = (f - 1) * dilation
    positions = 0
    while last < n + 2 * padding:
        positions += 1
        last += stride
    if positions == 0:
        raise ValueError("no position at all")
    return positions


@alternative("conv-output-size", name="ask PyTorch")
def conv_output_size(n, f, stride=1, padding=0, dilation=1):
    if min(n, f) < 1:
        raise ValueError("nothing to slide over, or nothing that slides")
    try:
        return torch.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, f), None, stride, padding, dilation).shape[-1]
    except (RuntimeError, TypeError) as error:
        raise ValueError(str(error)) from error


# slides-by-four

mistake("slides-by-four", named="pixels 9 to 11", source="fits_by_four = True\nleft_over = 0")
mistake("slides-by-four", named="pixels 9 to 11", source="fits_by_four = True\nleft_over = 3")
mistake("slides-by-four", named="both windows", source="fits_by_four = False\nleft_over = 7")
mistake("slides-by-four", named="third window", source="fits_by_four = False\nleft_over = 1")
mistake("slides-by-four", named="side by side", source="fits_by_four = False\nleft_over = 2")

# fits-exactly


@mistake("fits-exactly", named="ignored the padding")
def fits_exactly(n, f, stride=1, padding=0):
    return n >= f and (n - f) % stride == 0


@mistake("fits-exactly", named="once", name="padding counted once")
def fits_exactly(n, f, stride=1, padding=0):
    return n + padding >= f and (n + padding - f) % stride == 0


@mistake("fits-exactly", named="whole input")
def fits_exactly(n, f, stride=1, padding=0):
    return (n + 2 * padding) % stride == 0


@mistake("fits-exactly", named="returned the remainder", name="remainder returned")
def fits_exactly(n, f, stride=1, padding=0):
    return (n + 2 * padding - f) % stride


@mistake("fits-exactly", named="other way round", name="inverted")
def fits_exactly(n, f, stride=1, padding=0):
    return (n + 2 * padding - f) % stride != 0


@mistake("fits-exactly", named="larger than the padded input", name="negative distance")
def fits_exactly(n, f, stride=1, padding=0):
    return (n + 2 * padding - f) % stride == 0


@alternative("fits-exactly", name="walk to the end")
def fits_exactly(n, f, stride=1, padding=0):
    end = f
    while end < n + 2 * padding:
        end += stride
    return end == n + 2 * padding


@alternative("fits-exactly", name="membership")
def fits_exactly(n, f, stride=1, padding=0):
    distance = n + 2 * padding - f
    return distance in range(0, max(distance, 0) + 1, stride)


@alternative("fits-exactly", name="size and back")
def fits_exactly(n, f, stride=1, padding=0):
    try:
        positions = conv_output_size(n, f, stride, padding)
    except ValueError:
        return False
    return (positions - 1) * stride + f == n + 2 * padding


# same-padding


@mistake("same-padding", named="ignored the dilation")
def same_padding(f, dilation=1):
    if f % 2 == 0 and dilation % 2:
        raise ValueError("no whole padding")
    return (f - 1) // 2


@mistake("same-padding", named="padding of both sides together")
def same_padding(f, dilation=1):
    if dilation * (f - 1) % 2:
        raise ValueError("no whole padding")
    return dilation * (f - 1)


@mistake("same-padding", named="odd number of pixels", name="even filter rounded down")
def same_padding(f, dilation=1):
    return dilation * (f - 1) // 2


@mistake("same-padding", named="odd number of pixels", name="half a pixel")
def same_padding(f, dilation=1):
    missing = dilation * (f - 1)
    return missing // 2 if missing % 2 == 0 else missing / 2


@mistake("same-padding", named="every even filter")
def same_padding(f, dilation=1):
    if f % 2 == 0:
        raise ValueError("even filters have no centre")
    return dilation * (f - 1) // 2


@mistake("same-padding", named="half the filter", name="F instead of F - 1")
def same_padding(f, dilation=1):
    if dilation * (f - 1) % 2:
        raise ValueError("no whole padding")
    return math.ceil(dilation * f / 2)


@mistake("same-padding", named="whole number of pixels", name="a float")
def same_padding(f, dilation=1):
    padding = dilation * (f - 1) / 2
    if padding != int(padding):
        raise ValueError("no whole padding")
    return padding


@alternative("same-padding", name="search with the size")
def same_padding(f, dilation=1):
    n = dilation * f
    for padding in range(n):
        if conv_output_size(n, f, padding=padding, dilation=dilation) == n:
            return padding
    raise ValueError("none keeps the size")


@alternative("same-padding", name="reach")
def same_padding(f, dilation=1):
    reach = len(range(0, dilation * (f - 1) + 1))
    sides, rest = divmod(reach, 2)
    if rest == 0:
        raise ValueError("the dilated filter has no middle pixel")
    return sides


@alternative("same-padding", name="odd and even apart")
def same_padding(f, dilation=1):
    if f % 2:
        return f // 2 * dilation
    if dilation % 2:
        raise ValueError("an even filter with odd dilation")
    return dilation // 2 * (f - 1)


# pool-output-size

mistake("pool-output-size", named="divided the depth", name="depth divided", source="""
def pool_output_size(w, f, stride):
    if f > w:
        raise ValueError("the window is larger than the input")
    return (w - f) // stride + 1

def pool_volume(shape, f, stride):
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(w, f, stride), c // f
""")
mistake("pool-output-size", named="slid the window through the depth", name="depth pooled like an axis", source="""
def pool_output_size(w, f, stride):
    if f > w:
        raise ValueError("the window is larger than the input")
    return (w - f) // stride + 1

def pool_volume(shape, f, stride):
    h, w, c = shape
    return tuple(pool_output_size(n, f, stride) for n in shape)
""")
mistake("pool-output-size", named="left out the plus one", name="plus one forgotten", source="""
def pool_output_size(w, f, stride):
    if f > w:
        raise ValueError("the window is larger than the input")
    return (w - f) // stride

def pool_volume(shape, f, stride):
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(w, f, stride), c
""")
mistake("pool-output-size", named="side by side", name="overlap ignored", source="""
def pool_output_size(w, f, stride):
    if f > w:
        raise ValueError("the window is larger than the input")
    return w // f

def pool_volume(shape, f, stride):
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(w, f, stride), c
""")
mistake("pool-output-size", named="divided by the stride alone", name="window ignored", source="""
def pool_output_size(w, f, stride):
    if f > w:
        raise ValueError("the window is larger than the input")
    return w // stride

def pool_volume(shape, f, stride):
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(w, f, stride), c
""")
mistake("pool-output-size", named="rounded up", name="ceil", source="""
def pool_output_size(w, f, stride):
    if f > w:
        raise ValueError("the window is larger than the input")
    return -(-(w - f) // stride) + 1

def pool_volume(shape, f, stride):
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(w, f, stride), c
""")
mistake("pool-output-size", named="height for both", name="square assumed", source="""
def pool_output_size(w, f, stride):
    if f > w:
        raise ValueError("the window is larger than the input")
    return (w - f) // stride + 1

def pool_volume(shape, f, stride):
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(h, f, stride), c
""")
mistake("pool-output-size", named="larger than the input", name="no check", source="""
def pool_output_size(w, f, stride):
    return (w - f) // stride + 1

def pool_volume(shape, f, stride):
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(w, f, stride), c
""")
alternative("pool-output-size", name="reuse", source="""
def pool_output_size(w, f, stride):
    return conv_output_size(w, f, stride)

def pool_volume(shape, f, stride):
    return tuple(pool_output_size(n, f, stride) for n in shape[:2]) + shape[2:]
""")
alternative("pool-output-size", name="ask PyTorch", source="""
def pool_volume(shape, f, stride):
    h, w, c = shape
    try:
        pooled = nn.functional.max_pool2d(torch.empty(1, c, h, w, device="meta"), f, stride)
    except RuntimeError as error:
        raise ValueError(str(error))
    return pooled.shape[2], pooled.shape[3], c

def pool_output_size(w, f, stride):
    return pool_volume((w, w, 1), f, stride)[0]
""")
alternative("pool-output-size", name="count the starts", source="""
def pool_output_size(w, f, stride):
    starts = [start for start in range(0, w, stride) if start + f <= w]
    if not starts:
        raise ValueError("no window fits")
    return len(starts)

def pool_volume(shape, f, stride):
    return pool_output_size(shape[0], f, stride), pool_output_size(shape[1], f, stride), shape[2]
""")

# conv-volume


@mistake("conv-volume", named="depth of the input")
def conv_volume(shape, filters, f, stride=1, padding=0):
    h, w, c = shape
    return conv_output_size(h, f, stride, padding), conv_output_size(w, f, stride, padding), c


@mistake("conv-volume", named="multiplied the depth", name="depth times filters")
def conv_volume(shape, filters, f, stride=1, padding=0):
    h, w, c = shape
    return conv_output_size(h, f, stride, padding), conv_output_size(w, f, stride, padding), c * filters


@mistake("conv-volume", named="channels last", name="channels first")
def conv_volume(shape, filters, f, stride=1, padding=0):
    h, w, _ = shape
    return filters, conv_output_size(h, f, stride, padding), conv_output_size(w, f, stride, padding)


@mistake("conv-volume", named="height for both", name="square assumed")
def conv_volume(shape, filters, f, stride=1, padding=0):
    side = conv_output_size(shape[0], f, stride, padding)
    return side, side, filters


@mistake("conv-volume", named="width and height", name="axes swapped")
def conv_volume(shape, filters, f, stride=1, padding=0):
    h, w, _ = shape
    return conv_output_size(w, f, stride, padding), conv_output_size(h, f, stride, padding), filters


@mistake("conv-volume", named="stride and the padding", name="stride and padding not handed on")
def conv_volume(shape, filters, f, stride=1, padding=0):
    h, w, _ = shape
    return conv_output_size(h, f), conv_output_size(w, f), filters


@mistake("conv-volume", named="did not use the padding")
def conv_volume(shape, filters, f, stride=1, padding=0):
    h, w, _ = shape
    return conv_output_size(h, f, stride), conv_output_size(w, f, stride), filters


@alternative("conv-volume", name="ask PyTorch")
def conv_volume(shape, filters, f, stride=1, padding=0):
    h, w, c = shape
    layer = nn.Conv2d(c, filters, f, stride, padding, device="meta")
    try:
        k, h, w = layer(torch.empty(c, h, w, device="meta")).shape
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return h, w, k


@alternative("conv-volume", name="plain arithmetic")
def conv_volume(shape, filters, f, stride=1, padding=0):
    distances = [n + 2 * padding - f for n in shape[:2]]
    if min(distances) < 0:
        raise ValueError("the filter is larger than the padded input")
    return (*(distance // stride + 1 for distance in distances), filters)


# layer-price

mistake("layer-price", named="14 455 392", source="times_more = 30")
mistake("layer-price", named="14 455 392", source="times_more = 300")
mistake("layer-price", named="14 455 392", source="times_more = 3_000")

# conv-parameters


@mistake("conv-parameters", named="forgot the depth")
def conv_parameters(f, depth, filters, bias=True):
    return (f * f + (1 if bias else 0)) * filters


@mistake("conv-parameters", named="one bias in all", name="one bias in all")
def conv_parameters(f, depth, filters, bias=True):
    return f * f * depth * filters + (1 if bias else 0)


@mistake("conv-parameters", named="28·28 positions", name="multiplied by output size")
def conv_parameters(f, depth, filters, bias=True):
    return (f * f * depth + (1 if bias else 0)) * filters * 28 * 28


@mistake("conv-parameters", named="ignored bias=False")
def conv_parameters(f, depth, filters, bias=True):
    return (f * f * depth + 1) * filters


@mistake("conv-parameters", named="left out the biases")
def conv_parameters(f, depth, filters, bias=True):
    return f * f * depth * filters


@mistake("conv-parameters", named="F by F", name="one row of the filter")
def conv_parameters(f, depth, filters, bias=True):
    return (f * depth + (1 if bias else 0)) * filters


@mistake("conv-parameters", named="a bias to every channel", name="a bias for every channel")
def conv_parameters(f, depth, filters, bias=True):
    return (f * f + (1 if bias else 0)) * depth * filters


@mistake("conv-parameters", named="single filter", name="one filter only")
def conv_parameters(f, depth, filters, bias=True):
    return f * f * depth + (1 if bias else 0)


@alternative("conv-parameters", name="count PyTorch's")
def conv_parameters(f, depth, filters, bias=True):
    layer = nn.Conv2d(depth, filters, f, bias=bias, device="meta")
    return sum(parameter.numel() for parameter in layer.parameters())


@alternative("conv-parameters", name="filter by filter")
def conv_parameters(f, depth, filters, bias=True):
    total = 0
    for _ in range(filters):
        for _ in range(depth):
            total += f**2
        total += int(bias)
    return total


# fc-parameters


@mistake("fc-parameters", named="left out the biases")
def fc_parameters(shape, units, bias=True):
    return math.prod(shape) * units


@mistake("fc-parameters", named="last axis", name="flatten forgotten")
def fc_parameters(shape, units, bias=True):
    return (shape[-1] + (1 if bias else 0)) * units


@mistake("fc-parameters", named="one bias in all", name="one bias in all")
def fc_parameters(shape, units, bias=True):
    return math.prod(shape) * units + (1 if bias else 0)


@mistake("fc-parameters", named="added the axes", name="sum of the axes")
def fc_parameters(shape, units, bias=True):
    return (sum(shape) + (1 if bias else 0)) * units


@mistake("fc-parameters", named="forgot the depth")
def fc_parameters(shape, units, bias=True):
    return (math.prod(shape[:2]) + (1 if bias else 0)) * units


@mistake("fc-parameters", named="ignored bias=False")
def fc_parameters(shape, units, bias=True):
    return (math.prod(shape) + 1) * units


@mistake("fc-parameters", named="already flat", name="only three axes")
def fc_parameters(shape, units, bias=True):
    h, w, c = shape
    return (h * w * c + (1 if bias else 0)) * units


@alternative("fc-parameters", name="count PyTorch's")
def fc_parameters(shape, units, bias=True):
    layer = nn.Linear(torch.empty(shape, device="meta").numel(), units, bias=bias, device="meta")
    return sum(parameter.numel() for parameter in layer.parameters())


@alternative("fc-parameters", name="as a 1×1 convolution")
def fc_parameters(shape, units, bias=True):
    inputs = 1
    for size in shape:
        inputs *= size
    return conv_parameters(1, inputs, units, bias)


# vgg-weight-and-work

mistake("vgg-weight-and-work", named="to the convolutions", source="percent_of_parameters = 1\npercent_of_work = 99")
mistake("vgg-weight-and-work", named="too few", source="percent_of_parameters = 10\npercent_of_work = 1")
mistake("vgg-weight-and-work", named="parameters equally", source="percent_of_parameters = 50\npercent_of_work = 50")
mistake("vgg-weight-and-work", named="almost nothing", source="percent_of_parameters = 99\npercent_of_work = 1")
mistake("vgg-weight-and-work", named="a tenth", source="percent_of_parameters = 90\npercent_of_work = 10")
mistake("vgg-weight-and-work", named="follow the parameters", source="percent_of_parameters = 90\npercent_of_work = 90")

# trace


@mistake("trace", named="did not flatten", name="flatten forgotten")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "fc":
            parameters, work = (shape[-1] + 1) * numbers[0], shape[-1] * numbers[0]
            shape = (*shape[:-1], numbers[0])
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="row for every layer", name="no row for flatten")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
            continue
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="nothing to learn", name="pooling given parameters")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
            parameters = conv_parameters(numbers[0], shape[2], shape[2])
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="shared by all positions", name="parameters multiplied by output size")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
            parameters *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="in all channels of the input", name="work without depth")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, 1, filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="counted the work at one position", name="work at one position")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="not a multiply-add", name="bias counted as work")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="no rows and columns", name="full layer on the last axis")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            parameters, work = (shape[-1] + 1) * numbers[0], shape[-1] * numbers[0]
            shape = (*shape[:-1], numbers[0])
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="without being asked", name="flattens by itself")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="kept the depth", name="depth kept")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = (*conv_volume(shape, filters, f, stride, padding)[:2], shape[2])
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="depth of the output", name="shape replaced too early")
def trace(layers, shape):
    rows = []
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            shape = conv_volume(shape, filters, f, stride, padding)
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1:
                raise ValueError("flatten first")
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@mistake("trace", named="next layer's input", name="every layer sees the image")
def trace(layers, shape):
    image, rows = shape, []
    for name, *numbers in layers:
        parameters = work = 0
        shape = image
        if name == "conv":
            filters, f, stride, padding = numbers
            parameters = conv_parameters(f, shape[2], filters)
            work = conv_parameters(f, shape[2], filters, bias=False)
            shape = conv_volume(shape, filters, f, stride, padding)
            work *= shape[0] * shape[1]
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        else:
            if len(shape) > 1 and len(layers) == 1:
                raise ValueError("flatten first")
            shape = (math.prod(shape),)
            parameters, work = fc_parameters(shape, *numbers), fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, work))
    return rows


@alternative("trace", name="measure PyTorch's layers")
def trace(layers, shape):
    if len(shape) == 3:
        x = torch.empty(1, shape[2], *shape[:2], device="meta")
    else:
        x = torch.empty(1, *shape, device="meta")
    out = []
    for kind, *args in layers:
        if kind == "conv":
            layer = nn.Conv2d(x.shape[1], *args, device="meta")
        elif kind == "pool":
            layer = nn.MaxPool2d(*args)
        elif kind == "flatten":
            layer = nn.Flatten()
        elif x.dim() > 2:
            raise ValueError("not flat")
        else:
            layer = nn.Linear(x.shape[1], args[0], device="meta")
        x = layer(x)
        sizes = [parameter.numel() for parameter in layer.parameters()]
        places = x.shape[2] * x.shape[3] if kind == "conv" else 1
        after = (x.shape[2], x.shape[3], x.shape[1]) if x.dim() == 4 else (x.shape[1],)
        out.append((kind, after, sum(sizes), sizes[0] * places if sizes else 0))
    return out


@alternative("trace", name="reuse and recurse")
def trace(layers, shape):
    if not layers:
        return []
    (kind, *args), rest = layers[0], layers[1:]
    if kind == "conv":
        filters, f, stride, padding = args
        after = conv_volume(shape, filters, f, stride, padding)
        row = (kind, after, conv_parameters(f, shape[2], filters),
               conv_parameters(f, shape[2], filters, bias=False) * after[0] * after[1])
    elif kind == "pool":
        row = (kind, pool_volume(shape, *args), 0, 0)
    elif kind == "flatten":
        row = (kind, (fc_parameters(shape, 1, bias=False),), 0, 0)
    else:
        if len(shape) != 1:
            raise ValueError(f"a full layer needs a flat input, got {shape}")
        row = (kind, (args[0],), fc_parameters(shape, args[0]), fc_parameters(shape, args[0], False))
    return [row, *trace(rest, row[1])]


# three-by-three

mistake("three-by-three", named="added 3 and 3", source="pixels_below = 9")
mistake("three-by-three", named="you multiplied", source="pixels_below = 27")
mistake("three-by-three", named="after two layers", source="pixels_below = 5")
mistake("three-by-three", named="last filter", source="pixels_below = 3")

# receptive-field


@mistake("receptive-field", named="did not use the strides", name="strides ignored")
def receptive_field(layers):
    return 1 + sum(f - 1 for f, _ in layers)


@mistake("receptive-field", named="started from nothing", name="starts from 0")
def receptive_field(layers):
    field, jump = 0, 1
    for f, stride in layers:
        field += (f - 1) * jump
        jump *= stride
    return field


@mistake("receptive-field", named="stride of the layer before", name="only the stride before")
def receptive_field(layers):
    field, jump = 1, 1
    for f, stride in layers:
        field += (f - 1) * jump
        jump = stride
    return field


@mistake("receptive-field", named="its own stride", name="own stride too early")
def receptive_field(layers):
    field, jump = 1, 1
    for f, stride in layers:
        jump *= stride
        field += (f - 1) * jump
    return field


@mistake("receptive-field", named="added the filter sizes", name="sum of filters")
def receptive_field(layers):
    return sum(f for f, _ in layers) if layers else 1


@mistake("receptive-field", named="added the strides", name="strides added")
def receptive_field(layers):
    field, jump = 1, 0
    for f, stride in layers:
        field += (f - 1) * max(jump, 1)
        jump += stride
    return field


@mistake("receptive-field", named="multiplied the filter sizes", name="product of filters")
def receptive_field(layers):
    return math.prod(f for f, _ in layers)


@mistake("receptive-field", named="first layer comes first", name="wrong order")
def receptive_field(layers):
    field = 1
    for f, stride in layers:
        field = (field - 1) * stride + f
    return field


@mistake("receptive-field", named="counted the pixels that matter", name="skipped pixels not counted")
def receptive_field(layers):
    units = {0}
    for f, stride in reversed(layers):
        units = {unit * stride + offset for unit in units for offset in range(f)}
    return len(units)


@alternative("receptive-field", name="from the last layer back")
def receptive_field(layers):
    field = 1
    for f, stride in reversed(layers):
        field = (field - 1) * stride + f
    return field


@alternative("receptive-field", name="collect the pixels")
def receptive_field(layers):
    units = {0}
    for f, stride in layers[::-1]:
        units = {unit * stride + offset for unit in units for offset in range(f)}
    return len(range(min(units), max(units) + 1))


# find-convs


@mistake("find-convs", named="left over", name="floor accepted")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    return [(f, s, p) for f in range(1, max_f + 1) for s in range(1, max_stride + 1) for p in range(max_padding + 1)
            if n_in + 2 * p >= f and (n_in + 2 * p - f) // s + 1 == n_out]


@mistake("find-convs", named="itself included", name="range ends too early")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    return [(f, s, p) for f in range(1, max_f) for s in range(1, max_stride) for p in range(max_padding)
            if (n_out - 1) * s + f == n_in + 2 * p]


@mistake("find-convs", named="starts at 0", name="no padding forgotten")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    return [(f, s, p) for f in range(1, max_f + 1) for s in range(1, max_stride + 1) for p in range(1, max_padding + 1)
            if (n_out - 1) * s + f == n_in + 2 * p]


@mistake("find-convs", named="once", name="padding counted once")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    return [(f, s, p) for f in range(1, max_f + 1) for s in range(1, max_stride + 1) for p in range(max_padding + 1)
            if (n_out - 1) * s + f == n_in + p]


@mistake("find-convs", named="from n_in to n_out", name="in and out swapped")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    return [(f, s, p) for f in range(1, max_f + 1) for s in range(1, max_stride + 1) for p in range(max_padding + 1)
            if (n_in - 1) * s + f == n_out + 2 * p]


@mistake("find-convs", named="leave it out", name="error not caught")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    return [(f, s, p) for f in range(1, max_f + 1) for s in range(1, max_stride + 1) for p in range(max_padding + 1)
            if conv_output_size(n_in, f, s, p) == n_out and (n_in + 2 * p - f) % s == 0]


@mistake("find-convs", named="ascending", name="order of the loops")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    return [(f, s, p) for p in range(max_padding + 1) for s in range(1, max_stride + 1) for f in range(1, max_f + 1)
            if (n_out - 1) * s + f == n_in + 2 * p]


@mistake("find-convs", named="only the first", name="stops at the first")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    for f in range(1, max_f + 1):
        for stride in range(1, max_stride + 1):
            for padding in range(max_padding + 1):
                if (n_out - 1) * stride + f == n_in + 2 * padding:
                    return [(f, stride, padding)]
    return []


@alternative("find-convs", name="solve for the filter")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    found = []
    for stride in range(1, max_stride + 1):
        for padding in range(max_padding + 1):
            f = n_in + 2 * padding - (n_out - 1) * stride
            if 1 <= f <= max_f:
                found.append((f, stride, padding))
    return sorted(found)


@alternative("find-convs", name="with earlier answers")
def find_convs(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    found = []
    for f in range(1, max_f + 1):
        for stride in range(1, max_stride + 1):
            for padding in range(max_padding + 1):
                try:
                    size = conv_output_size(n_in, f, stride, padding)
                except ValueError:
                    continue
                if size == n_out and fits_exactly(n_in, f, stride, padding):
                    found.append((f, stride, padding))
    return found


# transposed-conv-output-size


@mistake("transposed-conv-output-size", named="forward", name="the forward formula")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    size = (n + 2 * padding - f) // stride + 1 + output_padding
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError("no such size")
    return size


@mistake("transposed-conv-output-size", named="one step fewer", name="n steps")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    size = n * stride + f - 2 * padding + output_padding
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError("no such size")
    return size


@mistake("transposed-conv-output-size", named="cuts", name="padding added")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    size = (n - 1) * stride + f + 2 * padding + output_padding
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError("no such size")
    return size


@mistake("transposed-conv-output-size", named="one side only", name="padding cut once")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    size = (n - 1) * stride + f - padding + output_padding
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError("no such size")
    return size


@mistake("transposed-conv-output-size", named="ignored output_padding")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    size = (n - 1) * stride + f - 2 * padding
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError("no such size")
    return size


@mistake("transposed-conv-output-size", named="output_padding on both sides", name="output padding doubled")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    size = (n - 1) * stride + f - 2 * padding + 2 * output_padding
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError("no such size")
    return size


@mistake("transposed-conv-output-size", named="last stamp", name="one pixel for the last stamp")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    size = (n - 1) * stride + 1 - 2 * padding + output_padding
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError("no such size")
    return size


@mistake("transposed-conv-output-size", named="nothing is left", name="no checks")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    return (n - 1) * stride + f - 2 * padding + output_padding


@alternative("transposed-conv-output-size", name="stamp the pixels")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    if output_padding not in range(stride):
        raise ValueError("output_padding is smaller than the stride")
    stamped = {start + offset for start in range(0, n * stride, stride) for offset in range(f)}
    pixels = list(range(max(stamped) + 1 + output_padding))
    if len(pixels) <= 2 * padding:
        raise ValueError("nothing is left")
    return len(pixels[padding : len(pixels) - padding])


@alternative("transposed-conv-output-size", name="ask PyTorch")
def transposed_conv_output_size(n, f, stride=1, padding=0, output_padding=0):
    if output_padding < 0 or output_padding >= stride:
        raise ValueError("output_padding")
    layer = nn.ConvTranspose1d(1, 1, f, stride, padding, output_padding, device="meta")
    try:
        return layer(torch.empty(1, 1, n, device="meta")).shape[-1]
    except RuntimeError as error:
        raise ValueError(str(error)) from error


# conv1x1-saving


@mistake("conv1x1-saving", named="upside down")
def conv1x1_saving(depth, bottleneck, f=3):
    return (2 * depth * bottleneck + f * f * bottleneck**2) / (f * f * depth**2)


@mistake("conv1x1-saving", named="back to the full depth", name="last 1×1 forgotten")
def conv1x1_saving(depth, bottleneck, f=3):
    return f * f * depth**2 / (depth * bottleneck + f * f * bottleneck**2)


@mistake("conv1x1-saving", named="counted biases")
def conv1x1_saving(depth, bottleneck, f=3):
    direct = (f * f * depth + 1) * depth
    narrow = (depth + 1) * bottleneck + (f * f * bottleneck + 1) * bottleneck + (bottleneck + 1) * depth
    return direct / narrow


@mistake("conv1x1-saving", named="narrow on both sides", name="middle filter returns the full depth")
def conv1x1_saving(depth, bottleneck, f=3):
    return f * f * depth**2 / (2 * depth * bottleneck + f * f * bottleneck * depth)


@mistake("conv1x1-saving", named="F by F", name="f not squared")
def conv1x1_saving(depth, bottleneck, f=3):
    return f * depth**2 / (2 * depth * bottleneck + f * bottleneck**2)


@mistake("conv1x1-saving", named="whole number", name="floor division")
def conv1x1_saving(depth, bottleneck, f=3):
    return f * f * depth**2 // (2 * depth * bottleneck + f * f * bottleneck**2)


@mistake("conv1x1-saving", named="always 3", name="f ignored")
def conv1x1_saving(depth, bottleneck, f=3):
    return 9 * depth**2 / (2 * depth * bottleneck + 9 * bottleneck**2)


@mistake("conv1x1-saving", named="share saved", name="percentage saved")
def conv1x1_saving(depth, bottleneck, f=3):
    return 1 - (2 * depth * bottleneck + f * f * bottleneck**2) / (f * f * depth**2)


@alternative("conv1x1-saving", name="with conv_parameters")
def conv1x1_saving(depth, bottleneck, f=3):
    path = [(1, depth, bottleneck), (f, bottleneck, bottleneck), (1, bottleneck, depth)]
    return conv_parameters(f, depth, depth, bias=False) / sum(conv_parameters(*layer, bias=False) for layer in path)


@alternative("conv1x1-saving", name="in shares")
def conv1x1_saving(depth, bottleneck, f=3):
    share = bottleneck / depth
    return 1 / (2 * share / f**2 + share**2)
