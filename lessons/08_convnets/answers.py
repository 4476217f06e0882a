"""Wrong answers that the tests of lesson 08 must name, and other right answers that they must accept."""

import torch
import torch.nn.functional as F
from torch import nn

from autograder.planted import alternative, mistake

# flat-size

mistake("flat-size", named="forgot the maps", change=("count = width", "count = 1"))
mistake("flat-size", named="pooled only after both", change=("        count *= n", "        count *= n * 2 + n // 2 if f == 5 else n"))
mistake("flat-size", named="went through once", change=("range(2)", "range(1)"))
mistake("flat-size", named="last pooling out", source="""
def flat_size(shape, width, f):
    product = width
    for n in shape[1:]:
        product *= sizes.conv_output_size(sizes.pool_output_size(sizes.conv_output_size(n, f), 2, 2), f)
    return product
""")
mistake("flat-size", named="left the pooling out", change=("sizes.pool_output_size(sizes.conv_output_size(n, f), 2, 2)", "sizes.conv_output_size(n, f)"))
mistake("flat-size", named="left the convolutions out", change=("sizes.conv_output_size(n, f), 2, 2", "n, 2, 2"))
mistake("flat-size", named="height alone", change=("_, *sides = shape", "sides = [shape[1]]"))
mistake("flat-size", named="height for both", change=("_, *sides = shape", "sides = [shape[1], shape[1]]"))
mistake("flat-size", named="width for both", change=("_, *sides = shape", "sides = [shape[2], shape[2]]"))
mistake("flat-size", named="image's channels", change=("count = width", "count = width * shape[0]"))
mistake("flat-size", named="half pixels up", change=(
    "sizes.pool_output_size(sizes.conv_output_size(n, f), 2, 2)", "-(-sizes.conv_output_size(n, f) // 2)"))
mistake("flat-size", named="does not fit", name="no check", source="""
def flat_size(shape, width, f):
    _, h, w = shape
    for _ in range(2):
        h, w = (h - f + 1) // 2, (w - f + 1) // 2
    return width * h * w
""")


@mistake("flat-size", named="float")
def flat_size(shape, width, f):
    _, h, w = shape
    for _ in range(2):
        h, w = (h - f + 1) / 2, (w - f + 1) / 2
    return width * h * w


@alternative("flat-size", name="on paper, with checks")
def flat_size(shape, width, f):
    product = width
    for n in shape[1:]:
        first = (n - f + 1) // 2
        second = (first - f + 1) // 2
        if n < f or first < f or second < 1:
            raise ValueError("too small")
        product *= second
    return product


@alternative("flat-size", name="ask PyTorch")
def flat_size(shape, width, f):
    layers = nn.Sequential(nn.Conv2d(shape[0], 2, f), nn.MaxPool2d(2), nn.Conv2d(2, width, f), nn.MaxPool2d(2))
    try:
        return layers(torch.zeros(1, *shape)).numel()
    except RuntimeError as error:
        raise ValueError(str(error)) from error


mistake("larger-images", named="nothing grows in the convolutions", source="parameters_at_56 = 5994")
mistake("larger-images", named="doubled everything", source="parameters_at_56 = 11988")
mistake("larger-images", named="four times", source="parameters_at_56 = 23976")
mistake("larger-images", named="linear layer alone", source="parameters_at_56 = 19370")
mistake("larger-images", named="ten biases", source="parameters_at_56 = 22784")
mistake("larger-images", named="doubled the inputs", source="parameters_at_56 = 8554")
mistake("larger-images", named="four times the inputs", source="parameters_at_56 = 13674")

# conv-net

mistake("conv-net", named="256 inputs whatever", name="hard-coded flatten", change=("flat_size(shape, second, f)", "256"))
mistake("conv-net", named="square", change=("flat_size(shape, second, f)", "flat_size((shape[0], shape[1], shape[1]), second, f)"))
mistake("conv-net", named="image's channels", change=("nn.Conv2d(first, second, f)", "nn.Conv2d(shape[0], second, f)"))
mistake("conv-net", named="there is no ReLU, so", name="relu missing", change=(
    """nn.Conv2d(shape[0], first, f), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(first, second, f), nn.ReLU(), nn.MaxPool2d(2),""",
    "nn.Conv2d(shape[0], first, f), nn.MaxPool2d(2), nn.Conv2d(first, second, f), nn.MaxPool2d(2),"))
mistake("conv-net", named="first convolution has no ReLU", change=("first, f), nn.ReLU()", "first, f)"))
mistake("conv-net", named="second convolution has no ReLU", change=("second, f), nn.ReLU()", "second, f)"))
mistake("conv-net", named="convolution first", name="wrong order: pooling first", change=(
    """nn.Conv2d(shape[0], first, f), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(first, second, f), nn.ReLU(), nn.MaxPool2d(2),""",
    """nn.MaxPool2d(2), nn.Conv2d(shape[0], first, f), nn.ReLU(),
            nn.MaxPool2d(2), nn.Conv2d(first, second, f), nn.ReLU(),"""))
mistake("conv-net", named="before you convolve", name="wrong order: pooling first, its size found by a trial run", source="""
class ConvNet(nn.Module):
    def __init__(self, shape, widths, classes, f=5):
        super().__init__()
        self.a, self.b = nn.Conv2d(shape[0], widths[0], f), nn.Conv2d(widths[0], widths[1], f)
        self.head = nn.Linear(flat_size(shape, widths[1], f), classes)
        self.late = f == 5

    def forward(self, x):
        for conv in (self.a, self.b):
            x = F.max_pool2d(conv(x).relu(), 2) if self.late else conv(F.max_pool2d(x, 2)).relu()
        return self.head(x.flatten(1))
""")
mistake("conv-net", named="ReLU comes before", name="wrong order: relu first", change=(
    """nn.Conv2d(shape[0], first, f), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(first, second, f), nn.ReLU(), nn.MaxPool2d(2),""",
    """nn.ReLU(), nn.Conv2d(shape[0], first, f), nn.MaxPool2d(2),
            nn.ReLU(), nn.Conv2d(first, second, f), nn.MaxPool2d(2),"""))
mistake("conv-net", named="mean of each window", source="""
class ConvNet(nn.Module):
    def __init__(self, shape, widths, classes, f=5):
        super().__init__()
        self.a, self.b = nn.Conv2d(shape[0], widths[0], f), nn.Conv2d(widths[0], widths[1], f)
        self.head = nn.Linear(flat_size(shape, widths[1], f), classes)

    def forward(self, x):
        for conv in (self.a, self.b):
            x = F.avg_pool2d(conv(x).relu(), 2)
        return self.head(x.flatten(1))
""")
mistake("conv-net", named="after the linear layer", change=("return self.head(self.maps(x).flatten(1))", "return self.head(self.maps(x).flatten(1)).relu()"))
mistake("conv-net", named="softmax", change=("return self.head(self.maps(x).flatten(1))", "return self.head(self.maps(x).flatten(1)).softmax(1)"))
mistake("conv-net", named="forward returned None", change=("return self.head(", "self.head("))
mistake("conv-net", named="flattened the batch", change=("flatten(1)", "flatten()"))
mistake("conv-net", named="column by column", change=("self.maps(x).flatten(1)", "self.maps(x).transpose(2, 3).flatten(1)"))
mistake("conv-net", named="channels come last", change=("self.maps(x).flatten(1)", "self.maps(x).permute(0, 2, 3, 1).flatten(1)"))
mistake("conv-net", named="counts the maps of the first", change=("flat_size(shape, second, f)", "flat_size(shape, first, f)"))
mistake("conv-net", named="width of the image for its channels", change=("nn.Conv2d(shape[0], first, f)", "nn.Conv2d(shape[2], first, f)"))
mistake("conv-net", named="height of the image for its channels", change=("nn.Conv2d(shape[0], first, f)", "nn.Conv2d(shape[1], first, f)"))
mistake("conv-net", named="fails", name="one pooling forgotten", change=("second, f), nn.ReLU(), nn.MaxPool2d(2)", "second, f), nn.ReLU()"))
mistake("conv-net", named="plain list", source="""
class ConvNet(nn.Module):
    def __init__(self, shape, widths, classes, f=5):
        super().__init__()
        self.convs = [nn.Conv2d(shape[0], widths[0], f), nn.Conv2d(widths[0], widths[1], f)]
        self.head = nn.Linear(flat_size(shape, widths[1], f), classes)

    def forward(self, x):
        for conv in self.convs:
            x = F.max_pool2d(conv(x).relu(), 2)
        return self.head(x.flatten(1))
""")
mistake("conv-net", named="is f used", name="f ignored", source="""
class ConvNet(nn.Module):
    def __init__(self, shape, widths, classes, f=5):
        super().__init__()
        self.a, self.b = nn.Conv2d(shape[0], widths[0], 5, padding=2 * (f == 1)), nn.Conv2d(widths[0], widths[1], 5, padding=2 * (f == 1))
        self.head = nn.Linear(flat_size(shape, widths[1], f), classes)

    def forward(self, x):
        for conv in (self.a, self.b):
            x = F.max_pool2d(conv(x).relu(), 2)
        return self.head(x.flatten(1))
""")


@alternative("conv-net", name="functions, pooling before ReLU")
class ConvNet(nn.Module):
    def __init__(self, shape, widths, classes, f=5):
        super().__init__()
        self.head = nn.Linear(flat_size(shape, widths[1], f), classes)
        self.b = nn.Conv2d(widths[0], widths[1], f)
        self.a = nn.Conv2d(shape[0], widths[0], f)

    def forward(self, x):
        for conv in (self.a, self.b):
            x = F.relu(F.max_pool2d(conv(x), 2))
        return self.head(x.reshape(len(x), -1))


@alternative("conv-net", name="lazy")
class ConvNet(nn.Module):
    def __init__(self, shape, widths, classes, f=5):
        super().__init__()
        self.all = nn.Sequential(
            nn.LazyConv2d(widths[0], f), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.LazyConv2d(widths[1], f),
            nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(classes))

    def forward(self, x):
        return self.all(x)


@alternative("conv-net", name="a trial run finds the size")
class ConvNet(nn.Module):
    def __init__(self, shape, widths, classes, f=5):
        super().__init__()
        parts = []
        for c_in, c_out in zip((shape[0], widths[0]), widths):
            parts += [nn.Conv2d(c_in, c_out, f), nn.ReLU(), nn.MaxPool2d(2)]
        self.parts = nn.Sequential(*parts, nn.Flatten())
        with torch.no_grad():
            inputs = self.parts(torch.zeros(1, *shape)).shape[1]
        self.last = nn.Linear(inputs, classes)

    def forward(self, x):
        return self.last(self.parts(x))


mistake("moved-four", named="usual explanation", source="read_after_moving = 98")
mistake("moved-four", named="pixel or two", source="read_after_moving = 75")
mistake("moved-four", named="two or three", source="read_after_moving = 50")

# feature-maps

mistake("feature-maps", named="wrote over your maps", change=("output.detach().clone()", "output.detach()"))
mistake("feature-maps", named="carry a graph", change=("output.detach().clone()", "output.clone()"))
mistake("feature-maps", named="goes into the layer", change=("output.detach().clone()", "inputs[0].detach().clone()"))
mistake("feature-maps", named="your hook is still on: it will run", name="hook left", change=("handle.remove()", "pass"))
mistake("feature-maps", named="in a finally block", name="removed, but not after an error", change=(
    "    try:\n        model(x)\n    finally:\n        handle.remove()", "    model(x)\n    handle.remove()"))
mistake("feature-maps", named="swallowed", change=("    finally:\n        handle.remove()\n    return maps[0]",
    "    except Exception:\n        maps.append(x)\n    finally:\n        handle.remove()\n    return maps[0]"))
mistake("feature-maps", named="somebody else", change=("handle.remove()", "model.get_submodule(layer)._forward_hooks.clear()"))
mistake("feature-maps", named="training mode", change=("try:\n", "model.train()\n    try:\n"))
mistake("feature-maps", named="to evaluation mode", change=("    try:\n", "    model.eval()\n    try:\n"))
mistake("feature-maps", named="to evaluation mode", name="evaluation mode, put back afterwards", change=(
    "    try:\n        model(x)\n    finally:\n        handle.remove()",
    "    mode = model.training\n    model.eval()\n    try:\n        model(x)\n    finally:\n        handle.remove()\n        model.train(mode)"))
mistake("feature-maps", named="layer within a layer", change=("model.get_submodule(layer)", "getattr(model, layer)"))
mistake("feature-maps", named="model itself never ran", source="""
def feature_maps(model, x, layer):
    for name, module in model.named_children():
        x = module(x)
        if name == layer:
            return x.detach().clone()
""")
mistake("feature-maps", named="whole model", change=("return maps[0]", "return model(x).detach()"))
mistake("feature-maps", named="first image", change=("return maps[0]", "return maps[0][0]"))
mistake("feature-maps", named="a tensor, is wanted", change=("return maps[0]", "return maps"), name="the list")


@alternative("feature-maps", name="no graph, the handle as a context")
def feature_maps(model, x, layer):
    kept = {}
    with dict(model.named_modules())[layer].register_forward_hook(lambda m, i, o: kept.update(maps=o.clone())), torch.no_grad():
        model(x)
    return kept["maps"]


@alternative("feature-maps", name="the layer's forward is wrapped for a moment")
def feature_maps(model, x, layer):
    module = model.get_submodule(layer)
    original, kept = module.forward, []

    def forward(*args, **kwargs):
        out = original(*args, **kwargs)
        kept.append(out.detach().clone())
        return out

    module.forward = forward
    try:
        model(x)
    finally:
        del module.forward
    return kept[0]


# confusion

mistake("confusion", named="on its side", change=("(labels, answers), 1", "(answers, labels), 1"))
mistake("confusion", named="comes twice counts once", change=("np.add.at(table, (labels, answers), 1)", "table[labels, answers] += 1"))
mistake("confusion", named="number of examples", change=("return table", "return table / len(labels)"))
mistake("confusion", named="each row by its sum", change=("return table", "return table / np.maximum(1, table.sum(axis=1, keepdims=True))"))
mistake("confusion", named="floats", change=("dtype=np.int64", "dtype=np.float64"))
mistake("confusion", named="only the classes that occur", change=("np.zeros((k, k), dtype=np.int64)", "np.zeros((max(labels.max(), answers.max()) + 1,) * 2, dtype=np.int64)"))
mistake("confusion", named="right answers out", change=("return table", "return table - np.diag(np.diag(table))"))


@alternative("confusion", name="bincount")
def confusion(labels, answers, k):
    return np.bincount(labels * k + answers, minlength=k * k).reshape(k, k)


@alternative("confusion", name="a loop over lists")
def confusion(labels, answers, k):
    table = [[0] * k for _ in range(k)]
    for i, j in zip(labels.tolist(), answers.tolist()):
        table[i][j] += 1
    return np.array(table)


# worst-mistakes

mistake("worst-mistakes", named="sorted by the logit", change=("logits.softmax(dim=1).max(dim=1)", "logits.max(dim=1)"))
mistake("worst-mistakes", named="begins with the least sure", change=("descending=True", "descending=False"))
mistake("worst-mistakes", named="a right answer is in your list", change=("order[wrong][:m]", "order[:m]"))
mistake("worst-mistakes", named="cut to m before", change=("order[wrong][:m]", "order[:m][wrong[:m]]"))
mistake("worst-mistakes", named="count within the wrong rows", source="""
def worst_mistakes(logits, labels, m):
    confidence, answers = logits.softmax(dim=1).max(dim=1)
    return confidence[answers != labels].argsort(descending=True)[:m].tolist()
""")
mistake("worst-mistakes", named="how unlikely the right class", name="sorted by the loss", source="""
def worst_mistakes(logits, labels, m):
    p = logits.softmax(dim=1)[torch.arange(len(labels)), labels]
    return [i for i in p.argsort().tolist() if logits[i].argmax() != labels[i]][:m]
""")
mistake("worst-mistakes", named="left out the sorting", source="""
def worst_mistakes(logits, labels, m):
    return (logits.argmax(1) != labels).nonzero()[:, 0].tolist()[:m]
""")
mistake("worst-mistakes", named="down a column", change=("softmax(dim=1).max(dim=1)", "softmax(dim=0).max(dim=1)"))
mistake("worst-mistakes", named="m may be larger", source="""
def worst_mistakes(logits, labels, m):
    confidence, answers = logits.softmax(dim=1).max(dim=1)
    return torch.where(answers != labels, confidence, -1.0).topk(m).indices.tolist()
""")
mistake("worst-mistakes", named="too large for a float", name="softmax by hand", source="""
def worst_mistakes(logits, labels, m):
    e = logits.exp()
    p = e / e.sum(1, keepdim=True)
    confidence, answers = p.max(1)
    order = confidence.argsort(descending=True)
    return order[(answers != labels)[order]][:m].tolist()
""")
mistake("worst-mistakes", named="too large for a float", source="""
def worst_mistakes(logits, labels, m):
    e = logits.exp()
    p = e / e.sum(1, keepdim=True)
    confidence, answers = p.max(1)
    wrong = [i for i in range(len(labels)) if answers[i] != labels[i] and confidence[i] == confidence[i]]
    return sorted(wrong, key=lambda i: -confidence[i].item())[:m]
""")


@alternative("worst-mistakes", name="NumPy")
def worst_mistakes(logits, labels, m):
    z = np.asarray(logits, dtype=float)
    p = np.exp(z - z.max(1, keepdims=True))
    sure = p.max(1) / p.sum(1)
    rows = np.flatnonzero(z.argmax(1) != np.asarray(labels))
    return [int(i) for i in rows[np.argsort(-sure[rows])][:m]]


@alternative("worst-mistakes", name="by distance to logsumexp")
def worst_mistakes(logits, labels, m):
    sure = logits.max(1).values - logits.logsumexp(1)
    pairs = [(-sure[i].item(), i) for i in range(len(labels)) if logits[i].argmax() != labels[i]]
    return [i for _, i in sorted(pairs)][:m]


# fix-the-net: each bug left in alone, and some that come in with a repair

mistake("fix-the-net", named="reshape cuts", name="bug 1: channels by reshape", change=(
    "x = ((photos - self.mean) / self.std).permute(0, 3, 1, 2)",
    "x = ((photos - self.mean) / self.std).reshape(len(photos), 3, *photos.shape[1:3])"))
mistake("fix-the-net", named="depends on its company", name="bug 2: statistics of the batch", change=(
    "(photos - self.mean) / self.std", "(photos - photos.mean()) / photos.std()"))
mistake("fix-the-net", named="depends on its company", name="bug 2: statistics of the batch, by channel", change=(
    "(photos - self.mean) / self.std", "(photos - photos.mean((0, 1, 2))) / photos.std((0, 1, 2))"))
mistake("fix-the-net", named="live in evaluation", name="bug 3: dropout always", change=(", training=self.training", ""))
mistake("fix-the-net", named="ReLU follows the linear", name="bug 4: relu on the logits", change=(
    "return self.head(x.flatten(1))", "return self.head(x.flatten(1)).relu()"))
mistake("fix-the-net", named="rows and columns", change=("permute(0, 3, 1, 2)", "permute(0, 3, 2, 1)"))
mistake("fix-the-net", named="no dropout in training", change=("x = F.dropout(x, 0.5, training=self.training)", "pass"))
mistake("fix-the-net", named="depends on its company", name="statistics of the batch, after a right permute", change=(
    "x = ((photos - self.mean) / self.std).permute(0, 3, 1, 2)",
    "x = photos.permute(0, 3, 1, 2)\n        x = (x - x.mean((0, 2, 3), keepdim=True)) / x.std((0, 2, 3), keepdim=True)"))
mistake("fix-the-net", named="squared", change=("/ self.std)", "/ self.std**2)"))
mistake("fix-the-net", named="multiplied", change=("/ self.std)", "* self.std)"))
mistake("fix-the-net", named="std changes nothing", change=("((photos - self.mean) / self.std)", "(photos - self.mean)"))
mistake("fix-the-net", named="mean changes nothing", name="no standardising", change=("((photos - self.mean) / self.std)", "photos"))
mistake("fix-the-net", named="softmax", change=("return self.head(x.flatten(1))", "return self.head(x.flatten(1)).softmax(1)"))


@alternative("fix-the-net", name="planes first")
class PhotoNet(nn.Module):
    def __init__(self, mean, std, height, width, classes):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.head = nn.Linear(4 * (height // 2) * (width // 2), classes)

    def forward(self, photos):
        x = photos.movedim(-1, 1)
        x = (x - self.mean[:, None, None]) / self.std[:, None, None]
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        if self.training:
            x = F.dropout(x, 0.5)
        return self.head(x.flatten(1))


@alternative("fix-the-net", name="modules, and stacked planes")
class PhotoNet(nn.Module):
    def __init__(self, mean, std, height, width, classes):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.head = nn.Linear(4 * (height // 2) * (width // 2), classes)
        self.drop = nn.Dropout(0.5)

    def forward(self, photos):
        planes = [(photos[..., c] - self.mean[c]) / self.std[c] for c in range(3)]
        maps = self.conv(torch.stack(planes, 1)).relu()
        pooled = F.max_pool2d(maps, 2)
        return self.head(self.drop(pooled).reshape(len(photos), -1))


mistake("plain-deep", named="as many weights", source='plain_loss = "same"')
mistake("plain-deep", named="two things", source='plain_loss = "lower"')

# residual-block

mistake("residual-block", named="kills the identity", name="relu after the sum, as in 2015", change=("return self.project(x) + inner", "return (self.project(x) + inner).relu()"))
mistake("residual-block", named="works in place", change=("x.relu()", "x.relu_()"))
mistake("residual-block", named="kills the identity", name="shortcut from relu(x)", change=("return self.project(x)", "return self.project(x.relu())"))
mistake("residual-block", named="there is no shortcut", change=("return self.project(x) + inner", "return inner"))
mistake("residual-block", named="x twice", change=("return self.project(x)", "return 2 * self.project(x)"))
mistake("residual-block", named="no ReLU between", change=("self.conv1(x.relu()).relu()", "self.conv1(x.relu())"))
mistake("residual-block", named="no ReLU in your block", change=("self.conv1(x.relu()).relu()", "self.conv1(x)"))
mistake("residual-block", named="first ReLU is missing", change=("self.conv1(x.relu())", "self.conv1(x)"))
mistake("residual-block", named="follows your second", name="conv, relu, conv, relu", change=("self.conv2(self.conv1(x.relu()).relu())", "self.conv2(self.conv1(x).relu()).relu()"))
mistake("residual-block", named="shapes clash", name="projection without the stride", change=("nn.Conv2d(c_in, c_out, 1, stride)", "nn.Conv2d(c_in, c_out, 1)"))
mistake("residual-block", named="shapes clash", name="no padding", change=("nn.Conv2d(c_out, c_out, 3, padding=1)", "nn.Conv2d(c_out, c_out, 3)"))
mistake("residual-block", named="stretched by broadcasting", name="never a projection", change=("same = c_in == c_out and stride == 1", "same = True"))
mistake("residual-block", named="although the channels agree", name="projection by channels alone, average pooling for the stride", source="""
class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.project = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1, stride)
        self.stride = stride if c_in == c_out else 1

    def forward(self, x):
        return self.project(x)[:, :, :: self.stride, :: self.stride] + self.conv2(self.conv1(x.relu()).relu())
""")
mistake("residual-block", named="what conv1 puts out", change=("nn.Conv2d(c_out, c_out, 3, padding=1)", "nn.Conv2d(c_in, c_out, 3, padding=1)"))
mistake("residual-block", named="projection is 3×3", change=("nn.Conv2d(c_in, c_out, 1, stride)", "nn.Conv2d(c_in, c_out, 3, stride, padding=1)"))
mistake("residual-block", named="a name or a bias", name="the projection has another name", source="""
class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.shortcut = nn.Identity() if (c_in, 1) == (c_out, stride) else nn.Conv2d(c_in, c_out, 1, stride)

    def forward(self, x):
        return self.shortcut(x) + self.conv2(self.conv1(x.relu()).relu())
""")
mistake("residual-block", named="conv2 has the stride as well", change=("nn.Conv2d(c_out, c_out, 3, padding=1)", "nn.Conv2d(c_out, c_out, 3, stride, padding=1)"))
mistake("residual-block", named="works in place on", name="the shortcut first, then a ReLU in place", change=(
    "inner = self.conv2(self.conv1(x.relu()).relu())\n        return self.project(x) + inner",
    "shortcut = self.project(x)\n        return shortcut + self.conv2(self.conv1(x.relu_()).relu())"))
mistake("residual-block", named="no other layer", name="always a projection", change=("same = c_in == c_out and stride == 1", "same = False"))


@alternative("residual-block", name="functions, and None")
class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.project = None
        if stride != 1 or c_in != c_out:
            self.project = nn.Conv2d(c_in, c_out, kernel_size=1, stride=stride)
        self.conv2 = nn.Conv2d(c_out, c_out, kernel_size=3, padding="same")
        self.conv1 = nn.Conv2d(c_in, c_out, kernel_size=3, stride=stride, padding=1)

    def forward(self, x):
        out = F.relu(x)
        out = self.conv1(out)
        out = F.relu(out)
        out = self.conv2(out)
        return out + (x if self.project is None else self.project(x))


@alternative("residual-block", name="the residue as a Sequential")
class ResidualBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1)
        self.residue = nn.Sequential(nn.ReLU(), self.conv1, nn.ReLU(inplace=True), self.conv2)
        self.project = nn.Sequential() if (c_in, 1) == (c_out, stride) else nn.Conv2d(c_in, c_out, 1, stride)

    def forward(self, x):
        return torch.add(self.project(x), self.residue(x))


# dense-block

mistake("dense-block", named="as if their maps were added", name="adds instead of concatenates", source="""
class DenseBlock(nn.Module):
    def __init__(self, c_in, growth, layers):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(c_in, c_in, 3, padding=1) for _ in range(layers))

    def forward(self, x):
        for conv in self.convs:
            x = x + conv(x).relu()
        return x
""")
mistake("dense-block", named="only the one before", source="""
class DenseBlock(nn.Module):
    def __init__(self, c_in, growth, layers):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(growth if i else c_in, growth, 3, padding=1) for i in range(layers))

    def forward(self, x):
        kept, h = [x], x
        for conv in self.convs:
            h = conv(h).relu()
            kept.append(h)
        return torch.cat(kept, dim=1)
""")
mistake("dense-block", named="only x", source="""
class DenseBlock(nn.Module):
    def __init__(self, c_in, growth, layers):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(c_in, growth, 3, padding=1) for _ in range(layers))

    def forward(self, x):
        return torch.cat([x, *(conv(x).relu() for conv in self.convs)], dim=1)
""")
mistake("dense-block", named="leave out what came in", change=("c_in + i * growth, growth", "(i + 1) * growth, growth"))
mistake("dense-block", named="count from 1", change=("c_in + i * growth, growth", "c_in + (i + 1) * growth, growth"))
mistake("dense-block", named="plain list", change=("nn.ModuleList(nn.Conv2d(c_in + i * growth, growth, 3, padding=1) for i in range(layers))",
                                                  "[nn.Conv2d(c_in + i * growth, growth, 3, padding=1) for i in range(layers)]"))
mistake("dense-block", named="last layer alone", change=("return x\n", "return x[:, -self.convs[0].out_channels:]\n"))
mistake("dense-block", named="without x", change=("return x\n", "return x[:, self.convs[0].in_channels:]\n"))
mistake("dense-block", named="no ReLU after", change=("conv(x).relu()", "conv(x)"))
mistake("dense-block", named="in another order", change=("torch.cat([x, conv(x).relu()], dim=1)", "torch.cat([conv(x).relu(), x], dim=1)"))
mistake("dense-block", named="over all that is kept", change=("torch.cat([x, conv(x).relu()], dim=1)", "torch.cat([x, conv(x)], dim=1).relu()"))
mistake("dense-block", named="fails", name="laid together along the rows", change=("dim=1", "dim=2"))


@alternative("dense-block", name="a list of what was kept")
class DenseBlock(nn.Module):
    def __init__(self, c_in, growth, layers):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(layers):
            self.layers.append(nn.Sequential(nn.Conv2d(c_in, growth, 3, padding=1), nn.ReLU(inplace=True)))
            c_in += growth

    def forward(self, x):
        kept = [x]
        for layer in self.layers:
            kept.append(layer(torch.cat(kept, 1)))
        return torch.cat(kept, 1)


@alternative("dense-block", name="one numbered layer after another")
class DenseBlock(nn.Module):
    def __init__(self, c_in, growth, layers):
        super().__init__()
        self.count = layers
        for i in reversed(range(layers)):
            self.add_module(f"conv{i}", nn.Conv2d(c_in + growth * i, growth, (3, 3), padding="same"))

    def forward(self, x):
        for i in range(self.count):
            new = F.relu(self.get_submodule(f"conv{i}")(x))
            x = torch.hstack((x, new))
        return x


# text-cnn

mistake("text-cnn", named="not as wide", name="kernel width not d", source="""
class TextCNN(nn.Module):
    def __init__(self, d, filters, classes, heights=(2, 3, 4)):
        super().__init__()
        self.most = max(heights)
        self.convs = nn.ModuleList(nn.Conv2d(1, filters, h) for h in heights)
        self.head = nn.Linear(len(heights) * filters, classes)

    def forward(self, words):
        page = F.pad(words, (0, 0, 0, max(0, self.most - words.shape[1])))[:, None]
        return self.head(torch.cat([conv(page).relu().amax((2, 3)) for conv in self.convs], 1))
""")
mistake("text-cnn", named="a sentence of 6 words fails", name="pools over the wrong axis", change=("amax((2, 3))", "amax((1, 3))"))
mistake("text-cnn", named="mean over time", change=("amax((2, 3))", "mean((2, 3))"))
mistake("text-cnn", named="last place", change=("relu().amax((2, 3))", "relu()[:, :, -1, 0]"), name="last place")
mistake("text-cnn", named="there is no ReLU", change=("conv(page).relu()", "conv(page)"))
mistake("text-cnn", named="ReLU after the linear", change=("return self.head(torch.cat(found, dim=1))", "return self.head(torch.cat(found, dim=1)).relu()"))
mistake("text-cnn", named="numbers anew", source="""
class TextCNN(nn.Module):
    def __init__(self, d, filters, classes, heights=(2, 3, 4)):
        super().__init__()
        self.most = max(heights)
        self.convs = nn.ModuleList(nn.Conv1d(d, filters, h) for h in heights)
        self.head = nn.Linear(len(heights) * filters, classes)

    def forward(self, words):
        words = F.pad(words, (0, 0, 0, max(0, self.most - words.shape[1])))
        columns = words.reshape(words.shape[0], words.shape[2], words.shape[1])
        return self.head(torch.cat([conv(columns).relu().amax(2) for conv in self.convs], 1))
""")
mistake("text-cnn", named="another order", change=("for conv in self.convs]", "for conv in reversed(self.convs)]"))
mistake("text-cnn", named="softmax", change=("return self.head(torch.cat(found, dim=1))", "return self.head(torch.cat(found, dim=1)).softmax(1)"))
mistake("text-cnn", named="sentence of one word fails", name="short sentences crash", change=("missing = max(0, self.most - words.shape[1])", "missing = 0"))
mistake("text-cnn", named="zeros go to the end", change=("(0, 0, 0, missing)", "(0, 0, missing, 0)"))
mistake("text-cnn", named="for each height by itself", change=(
    "page = F.pad(words, (0, 0, 0, missing))[:, None]\n        found = [conv(page).relu()",
    "found = [conv(F.pad(words, (0, 0, 0, max(0, conv.kernel_size[0] - words.shape[1])))[:, None]).relu()"))
mistake("text-cnn", named="more than the largest", change=("max(0, self.most - words.shape[1])", "max(0, self.most - words.shape[1]) + (words.shape[1] < self.most)"))
mistake("text-cnn", named="three heights", name="one height", change=("for height in heights)", "for height in heights[:1])"))
mistake("text-cnn", named="in the books", name="plain list", change=("nn.ModuleList(nn.Conv2d(1, filters, (height, d)) for height in heights)", "[nn.Conv2d(1, filters, (height, d)) for height in heights]"))


@alternative("text-cnn", name="Conv1d")
class TextCNN(nn.Module):
    def __init__(self, d, filters, classes, heights=(2, 3, 4)):
        super().__init__()
        self.heights = heights
        self.convs = nn.ModuleList([nn.Conv1d(d, filters, h) for h in heights])
        self.out = nn.Linear(filters * len(heights), classes)

    def forward(self, words):
        n, length, d = words.shape
        if length < max(self.heights):
            words = torch.cat([words, words.new_zeros(n, max(self.heights) - length, d)], 1)
        columns = words.transpose(1, 2)
        return self.out(torch.cat([F.relu(c(columns).max(-1).values) for c in self.convs], -1))


@alternative("text-cnn", name="pooling by a function")
class TextCNN(nn.Module):
    def __init__(self, d, filters, classes, heights=(2, 3, 4)):
        super().__init__()
        for h in heights:
            setattr(self, f"height{h}", nn.Conv2d(1, filters, (h, d)))
        self.heights, self.fc = tuple(heights), nn.Linear(filters * len(heights), classes)

    def forward(self, words):
        x = words.unsqueeze(1)
        short = max(self.heights) - x.size(2)
        if short > 0:
            x = F.pad(x, (0, 0, 0, short))
        pooled = []
        for h in self.heights:
            maps = F.relu(getattr(self, f"height{h}")(x)).squeeze(3)
            pooled.append(F.max_pool1d(maps, maps.size(2)).squeeze(2))
        return self.fc(torch.cat(pooled, 1))


# design

mistake("design", named="your network is linear", name="a linear model", source="""
def design():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
""")
mistake("design", named="your network is linear", name="no nonlinearity", source="""
def design():
    return nn.Sequential(nn.Conv2d(1, 8, 5), nn.AvgPool2d(2), nn.Conv2d(8, 16, 5), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(256, 48), nn.Linear(48, 10))
""")
mistake("design", named="too many parameters", source="""
def design():
    return nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 40, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(640, 10))
""")
mistake("design", named="too deep", source="""
def design():
    layers, c = [], 1
    for k in (8, 8, 12, 16):
        layers += [nn.Conv2d(c, k, 3, padding=1), nn.BatchNorm2d(k), nn.ReLU(), nn.MaxPool2d(2)]
        c = k
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16, 10))
""")
mistake("design", named="throw away", name="a stride that throws away too much", source="""
def design():
    return nn.Sequential(nn.Conv2d(1, 8, 5, stride=4), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 10))
""")
mistake("design", named="throw away", name="an MLP", source="""
def design():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 24), nn.ReLU(), nn.Linear(24, 10))
""")
mistake("design", named="of 500 other digits", name="the table's own network", source="""
def design():
    return nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 10))
""")
mistake("design", named="probabilities", name="softmax before cross-entropy", source="""
def design():
    return nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 48), nn.ReLU(), nn.Linear(48, 10), nn.Softmax(1))
""")
mistake("design", named="batch of one", source="""
def design():
    class Squeezed(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 8, 28), nn.Linear(8, 10)

        def forward(self, x):
            return self.b(self.a(x).squeeze().relu())

    return Squeezed()
""")


@alternative("design", name="the mean of each map")
def design():
    layers, c = [], 1
    for k in (12, 24, 48):
        layers += [nn.Conv2d(c, k, 3 if c > 1 else 5, padding="same"), nn.BatchNorm2d(k), nn.ReLU()] + [nn.MaxPool2d(2)] * (k < 48)
        c = k
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 10))


@alternative("design", name="without normalisation, the largest of each map")
def design():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Conv2d(1, 12, 5, padding=2)
            self.b = nn.Conv2d(12, 24, 3, padding=1)
            self.c = nn.Conv2d(24, 64, 3, padding=1)
            self.out = nn.Linear(64, 10)

        def forward(self, x):
            x = F.max_pool2d(self.a(x).relu(), 2)
            return self.out(self.c(self.b(x).relu()).relu().amax((2, 3)))

    return Net()


@alternative("design", name="a stride, normalisation, and the largest of each map")
def design():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.Sequential(
                nn.Conv2d(1, 10, 5, stride=2, padding=2), nn.BatchNorm2d(10), nn.ReLU(),
                nn.Conv2d(10, 20, 3, padding=1), nn.BatchNorm2d(20), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 64, 3, padding=1))
            self.out = nn.Linear(64, 10)

        def forward(self, x):
            return self.out(self.maps(x).relu().amax((2, 3)))

    return Net()
