"""Wrong answers that the tests of lesson 15 must name, and other right answers that they must accept."""

import math
from collections import Counter, defaultdict

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograder.planted import alternative, mistake

# encode-captions




mistake(
    "encode-captions",
    named='START is missing',
    name='no START',
    change=('[START, *', '[*'),
)
mistake(
    "encode-captions",
    named='END is missing',
    name='no END',
    change=(' in caption.split()), END]', ' in caption.split())]'),
)
mistake(
    "encode-captions",
    named='leaves END out',
    name='mask without END',
    change=('[len(row) for row in rows])[:, None]', '[len(row) - 1 for row in rows])[:, None]'),
)
mistake(
    "encode-captions",
    named='counts the words alone',
    name='mask of as many as there are words',
    change=('[len(row) for row in rows])[:, None]', '[len(row) - 2 for row in rows])[:, None]'),
)
mistake(
    "encode-captions",
    named='calls everything real',
    name='everything real',
    change=('< torch.tensor([len(row) for row in rows])[:, None]', '< torch.tensor([longest] * len(rows))[:, None]'),
)
mistake(
    "encode-captions",
    named='wrong way round',
    name='wrong way round',
    change=('torch.arange(longest) < ', 'torch.arange(longest) >= '),
)
mistake(
    "encode-captions",
    named='padded in front',
    name='padded in front',
    change=('    tokens = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])\n    mask = torch.arange(longest) < torch.tensor([len(row) for row in rows])[:, None]', '    tokens = torch.tensor([[PAD] * (longest - len(row)) + row for row in rows])\n    mask = tokens != PAD'),
)
mistake(
    "encode-captions",
    named='behind the padding',
    name='END behind the padding',
    change=('    rows = [[START, *(vocabulary[word] for word in caption.split()), END] for caption in captions]\n    longest = max(len(row) for row in rows)', '    longest = max(len(c.split()) for c in captions) + 2\n    rows = [[START, *(vocabulary[w] for w in c.split())] for c in captions]\n    rows = [row + [PAD] * (longest - 1 - len(row)) + [END] for row in rows]'),
)
mistake(
    "encode-captions",
    named='empty word',
    name='split by a space',
    change=('caption.split()', 'caption.split(" ")'),
)


@mistake("encode-captions", named="you returned lists", name="lists")
def encode_captions(captions, vocabulary):
    rows = [[START, *[vocabulary[word] for word in caption.split()], END] for caption in captions]
    longest = max(map(len, rows))
    return [row + [0] * (longest - len(row)) for row in rows], [[t < len(row) for t in range(longest)] for row in rows]


@mistake("encode-captions", named="holds numbers", name="mask of ones")
def encode_captions(captions, vocabulary):
    rows = [torch.tensor([START, *[vocabulary[word] for word in caption.split()], END]) for caption in captions]
    tokens = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return tokens, (tokens != 0).long()


@alternative("encode-captions", name="pad_sequence, mask from the tokens")
def encode_captions(captions, vocabulary):
    rows = [torch.tensor([START, *[vocabulary[word] for word in caption.split()], END]) for caption in captions]
    tokens = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return tokens, tokens != PAD


@alternative("encode-captions", name="two tensors filled row by row")
def encode_captions(captions, vocabulary):
    longest = max(len(caption.split()) for caption in captions) + 2
    tokens, mask = torch.zeros(len(captions), longest, dtype=torch.long), torch.zeros(len(captions), longest, dtype=torch.bool)
    for i, caption in enumerate(captions):
        words = caption.split()
        tokens[i, 0] = START
        for t, word in enumerate(words):
            tokens[i, t + 1] = vocabulary[word]
        tokens[i, len(words) + 1] = END
        mask[i, : len(words) + 2] = True
    return tokens, mask


# grid-features

mistake(
    "grid-features",
    named='mixed channels and positions',
    name='view',
    change=('cnn(images).flatten(2).transpose(1, 2)', '(lambda m: m.reshape(len(m), -1, m.shape[1]))(cnn(images))'),
)
mistake(
    "grid-features",
    named='transposed',
    name='transposed grid',
    change=('cnn(images).flatten(2).transpose(1, 2)', 'cnn(images).transpose(2, 3).flatten(2).transpose(1, 2)'),
)
mistake(
    "grid-features",
    named='transposed',
    name='permute with columns first',
    change=('cnn(images).flatten(2).transpose(1, 2)', 'cnn(images).permute(0, 3, 2, 1).flatten(1, 2)'),
)
mistake(
    "grid-features",
    named='swap these two axes',
    name='channels first',
    change=('cnn(images).flatten(2).transpose(1, 2)', 'cnn(images).flatten(2)'),
)
mistake(
    "grid-features",
    named='rows and columns apart',
    name='four axes',
    change=('cnn(images).flatten(2).transpose(1, 2)', 'cnn(images).permute(0, 2, 3, 1)'),
)
mistake(
    "grid-features",
    named='averaged the positions away',
    name='pooled',
    change=('cnn(images).flatten(2).transpose(1, 2)', 'cnn(images).mean(dim=(2, 3))'),
)
mistake(
    "grid-features",
    named='one row for each picture',
    name='flat',
    change=('cnn(images).flatten(2).transpose(1, 2)', 'cnn(images).flatten(1)'),
)
mistake(
    "grid-features",
    named='no gradient flows',
    name='detached',
    change=('cnn(images).flatten(2).transpose(1, 2)', 'cnn(images).detach().flatten(2).transpose(1, 2)'),
)


@alternative("grid-features", name="permute and reshape")
def grid_features(cnn, images):
    maps = cnn(images)
    n, d, height, width = maps.shape
    return maps.permute(0, 2, 3, 1).reshape(n, height * width, d)


@alternative("grid-features", name="stacked position by position")
def grid_features(cnn, images):
    maps = cnn(images)
    return torch.stack([maps[:, :, r, c] for r in range(maps.shape[2]) for c in range(maps.shape[3])], dim=1)


# add-positions

mistake(
    "add-positions",
    named='the row comes first',
    name='swapped',
    change=('[rows.flatten(), columns.flatten()]', '[columns.flatten(), rows.flatten()]'),
)
mistake(
    "add-positions",
    named='stays the same for all 3',
    name='runs the wrong way',
    change=('indexing="ij"', 'indexing="xy"'),
)
mistake(
    "add-positions",
    named='they start at −1',
    name='0 to 1',
    change=('torch.linspace(-1, 1, cells', 'torch.linspace(0, 1, cells'),
)
mistake(
    "add-positions",
    named='behind the features',
    name='in front',
    change=('torch.cat([features, where.expand(len(features), -1, -1)], dim=2)', 'torch.cat([where.expand(len(features), -1, -1), features], dim=2)'),
)
mistake(
    "add-positions",
    named='returned the positions alone',
    name='alone',
    change=('torch.cat([features, where.expand(len(features), -1, -1)], dim=2)', 'where.expand(len(features), -1, -1)'),
)
mistake(
    "add-positions",
    named='treat an axis of one cell apart',
    name='one cell at -1',
    change=(' if cells > 1 else torch.zeros(1, dtype=features.dtype)', ''),
)
mistake(
    "add-positions",
    named='top and bottom',
    name='upside down',
    change=('meshgrid(places(height),', 'meshgrid(-places(height),'),
)
mistake(
    "add-positions",
    named='stop before 1',
    name='steps of 2 / n',
    change=('torch.linspace(-1, 1, cells, dtype=features.dtype)', '2 * torch.arange(cells).to(features.dtype) / cells - 1'),
)
mistake(
    "add-positions",
    named="the cells' middles",
    name='middles of the cells',
    change=('torch.linspace(-1, 1, cells, dtype=features.dtype)', '(2 * torch.arange(cells).to(features.dtype) + 1) / cells - 1'),
)
mistake(
    "add-positions",
    named='treat an axis of one cell apart',
    name='max(n - 1, 1) under the line',
    change=('torch.linspace(-1, 1, cells, dtype=features.dtype) if cells > 1 else torch.zeros(1, dtype=features.dtype)', '2 * torch.arange(cells).to(features.dtype) / max(cells - 1, 1) - 1'),
)


@mistake("add-positions", named="always float64", name="float64 positions")
def add_positions(features, height, width):
    where = np.array([[2 * r / (height - 1) - 1 if height > 1 else 0.0, 2 * c / (width - 1) - 1 if width > 1 else 0.0] for r in range(height) for c in range(width)])
    return torch.cat([features, torch.tensor(where).expand(len(features), -1, -1)], dim=2)


mistake(
    "add-positions",
    named='always float32',
    name='float32 whatever comes',
    change=('return torch.cat([features, where.expand(len(features), -1, -1)], dim=2)', 'return torch.cat([features, where.expand(len(features), -1, -1)], dim=2).float()'),
)
mistake(
    "add-positions",
    named='count cells',
    name='counted',
    change=('torch.linspace(-1, 1, cells, dtype=features.dtype)', 'torch.arange(cells, dtype=features.dtype)'),
)


@mistake("add-positions", named="divided by 0", name="division by cells - 1")
def add_positions(features, height, width):
    where = [[2 * r / (height - 1) - 1, 2 * c / (width - 1) - 1] for r in range(height) for c in range(width)]
    return torch.cat([features, torch.tensor(where, dtype=features.dtype).expand(len(features), -1, -1)], dim=2)


@alternative("add-positions", name="loop")
def add_positions(features, height, width):
    where = torch.tensor([[2 * r / (height - 1) - 1 if height > 1 else 0.0, 2 * c / (width - 1) - 1 if width > 1 else 0.0] for r in range(height) for c in range(width)])
    return torch.cat([features, where.to(features.dtype).repeat(len(features), 1, 1)], dim=-1)


@alternative("add-positions", name="index arithmetic")
def add_positions(features, height, width):
    p = torch.arange(height * width)
    row = (2 * (p // width) - (height - 1)).to(features.dtype) / max(height - 1, 1)
    column = (2 * (p % width) - (width - 1)).to(features.dtype) / max(width - 1, 1)
    n = features.shape[0]
    return torch.cat([features, row[None, :, None].repeat(n, 1, 1), column[None, :, None].repeat(n, 1, 1)], 2)


# visual-attention

mistake(
    "visual-attention",
    named='over the batch',
    name='over the batch',
    change=('softmax(dim=1)', 'softmax(dim=0)'),
)
mistake(
    "visual-attention",
    named='all pictures at once',
    name='over everything',
    change=('scores.softmax(dim=1)', 'scores.flatten().softmax(dim=0).reshape(scores.shape)'),
)
mistake(
    "visual-attention",
    named='a sigmoid',
    name='sigmoid',
    change=('scores.softmax(dim=1)', 'torch.sigmoid(scores)'),
)
mistake(
    "visual-attention",
    named='scores themselves',
    name='raw scores',
    change=('scores.softmax(dim=1)', 'scores'),
)
mistake(
    "visual-attention",
    named='tanh is missing',
    name='no tanh',
    change=('torch.tanh(features @ W_f + (h @ W_h)[:, None])', '(features @ W_f + (h @ W_h)[:, None])'),
)
mistake(
    "visual-attention",
    named='state has no say',
    name='state outside',
    change=('torch.tanh(features @ W_f + (h @ W_h)[:, None]) @ v', 'torch.tanh(features @ W_f) @ v + (torch.tanh(h @ W_h) @ v)[:, None]'),
)
mistake(
    "visual-attention",
    named='state has no say',
    name='state unused',
    change=('features @ W_f + (h @ W_h)[:, None]', 'features @ W_f'),
)
mistake(
    "visual-attention",
    named='A channels inside',
    name='over the channels',
    change=('    scores = torch.tanh(features @ W_f + (h @ W_h)[:, None]) @ v\n    weights = scores.softmax(dim=1)', '    weights = torch.tanh(features @ W_f + (h @ W_h)[:, None]).softmax(dim=2) @ v'),
)
mistake(
    "visual-attention",
    named='one score of each position',
    name='over one score',
    change=('    weights = scores.softmax(dim=1)', '    weights = scores[:, :, None].softmax(dim=-1)[:, :, 0]'),
)
mistake(
    "visual-attention",
    named='plain mean',
    name='plain mean',
    change=('(weights[:, None] @ features)[:, 0], weights', 'features.mean(dim=1), weights'),
)
mistake(
    "visual-attention",
    named='your context is the state',
    name='context from the state',
    change=('(weights[:, None] @ features)[:, 0], weights', '(weights.sum(dim=1, keepdim=True) * h), weights'),
)
mistake(
    "visual-attention",
    named='P times too small',
    name='mean of the weighted',
    change=('(weights[:, None] @ features)[:, 0], weights', '(weights[:, :, None] * features).mean(dim=1), weights'),
)
mistake(
    "visual-attention",
    named='did not add up',
    name='not added up',
    change=('(weights[:, None] @ features)[:, 0], weights', 'weights[:, :, None] * features, weights'),
)
mistake(
    "visual-attention",
    named='mixes pictures',
    name='weights @ features',
    change=('(weights[:, None] @ features)[:, 0], weights', 'weights @ features, weights'),
)
mistake(
    "visual-attention",
    named='axis of size 1 in the middle',
    name='no axis for the positions',
    change=('(h @ W_h)[:, None]', 'h @ W_h'),
)
mistake(
    "visual-attention",
    named='swapped the two',
    name='swapped',
    change=('(weights[:, None] @ features)[:, 0], weights', 'weights, (weights[:, None] @ features)[:, 0]'),
)
mistake(
    "visual-attention",
    named='an axis too many',
    name='axis too many',
    change=('(weights[:, None] @ features)[:, 0], weights', '(weights[:, None] @ features)[:, 0], weights[:, :, None]'),
)
mistake(
    "visual-attention",
    named='NaN',
    name='naive softmax',
    change=('scores.softmax(dim=1)', 'scores.exp() / scores.exp().sum(dim=1, keepdim=True)'),
)


@alternative("visual-attention", name="einsum")
def visual_attention(state, features, W_h, W_f, v):
    inside = torch.einsum("npd,da->npa", features, W_f) + torch.einsum("nh,ha->na", state, W_h).unsqueeze(1)
    weights = F.softmax(torch.einsum("npa,a->np", inside.tanh(), v), dim=-1)
    return torch.einsum("np,npd->nd", weights, features), weights


@alternative("visual-attention", name="picture by picture")
def visual_attention(state, features, W_h, W_f, v):
    contexts, shares = [], []
    for h, f in zip(state, features, strict=True):
        share = torch.softmax(torch.tanh(f @ W_f + h @ W_h) @ v, dim=0)
        contexts.append(share @ f)
        shares.append(share)
    return torch.stack(contexts), torch.stack(shares)


# caption-decoder

mistake(
    "caption-decoder",
    named='tanh is missing',
    name='no tanh in start',
    change=('return torch.tanh(self.start_h(mean)), torch.tanh(self.start_c(mean))', 'return self.start_h(mean), self.start_c(mean)'),
)
mistake(
    "caption-decoder",
    named='swapped h and c in start',
    name='swapped start',
    change=('return torch.tanh(self.start_h(mean)), torch.tanh(self.start_c(mean))', 'return torch.tanh(self.start_c(mean)), torch.tanh(self.start_h(mean))'),
)
mistake(
    "caption-decoder",
    named='last position',
    name='start from the last position',
    change=('mean = features.mean(dim=1)', 'mean = features[:, -1]'),
)
mistake(
    "caption-decoder",
    named='adds the positions up',
    name='start from a sum',
    change=('features.mean(dim=1)', 'features.sum(dim=1)'),
)
mistake(
    "caption-decoder",
    named='start gives zeros',
    name='start with zeros',
    change=('return torch.tanh(self.start_h(mean)), torch.tanh(self.start_c(mean))', 'return 0 * self.start_h(mean), 0 * self.start_c(mean)'),
)
mistake(
    "caption-decoder",
    named='layer of its own',
    name='start_c unused',
    change=('torch.tanh(self.start_c(mean))', 'torch.tanh(self.start_h(mean))'),
)
mistake(
    "caption-decoder",
    named='sizes clash',
    name='mean over the features',
    change=('features.mean(dim=1)', 'features.mean(dim=2)'),
)
mistake(
    "caption-decoder",
    named='with h, then with features',
    name='attend called the wrong way round',
    change=('self.attend(state[0], features)', 'self.attend(features, state[0])'),
)
mistake(
    "caption-decoder",
    named='returns h alone',
    name='h alone returned',
    change=('dim=1)), state, weights', 'dim=1)), state[0], weights'),
)
mistake(
    "caption-decoder",
    named='weights before the state',
    name='weights before the state',
    change=('dim=1)), state, weights', 'dim=1)), weights, state'),
)
mistake(
    "caption-decoder",
    named='returns three things',
    name='two values',
    change=('dim=1)), state, weights', 'dim=1)), state'),
)
mistake(
    "caption-decoder",
    named='in this order',
    name='step called with features before the state',
    change=('self.step(tokens[:, t], state, features)', 'self.step(tokens[:, t], features, state)'),
)
mistake(
    "caption-decoder",
    named='adds the positions up',
    name='a wrong start, and nothing else yet',
    source='class CaptionDecoder(nn.Module):\n    def __init__(self, vocab_size, embed_dim, feature_dim, hidden_dim, attend):\n        super().__init__()\n        self.attend = attend\n        self.embedding = nn.Embedding(vocab_size, embed_dim)\n        self.start_h = nn.Linear(feature_dim, hidden_dim)\n        self.start_c = nn.Linear(feature_dim, hidden_dim)\n        self.cell = nn.LSTMCell(embed_dim + feature_dim, hidden_dim)\n        self.head = nn.Linear(hidden_dim + feature_dim, vocab_size)\n\n    def start(self, features):\n        mean = features.sum(dim=1)\n        return torch.tanh(self.start_h(mean)), torch.tanh(self.start_c(mean))\n\n    def step(self, words, state, features):\n        raise NotAttempted\n\n    def forward(self, tokens, features):\n        raise NotAttempted\n',
)
mistake(
    "caption-decoder",
    named='not attempted yet',
    name='a right start, and nothing else yet',
    source='class CaptionDecoder(nn.Module):\n    def __init__(self, vocab_size, embed_dim, feature_dim, hidden_dim, attend):\n        super().__init__()\n        self.attend = attend\n        self.embedding = nn.Embedding(vocab_size, embed_dim)\n        self.start_h = nn.Linear(feature_dim, hidden_dim)\n        self.start_c = nn.Linear(feature_dim, hidden_dim)\n        self.cell = nn.LSTMCell(embed_dim + feature_dim, hidden_dim)\n        self.head = nn.Linear(hidden_dim + feature_dim, vocab_size)\n\n    def start(self, features):\n        mean = features.mean(dim=1)\n        return torch.tanh(self.start_h(mean)), torch.tanh(self.start_c(mean))\n\n    def step(self, words, state, features):\n        raise NotAttempted\n\n    def forward(self, tokens, features):\n        raise NotAttempted\n',
)
mistake(
    "caption-decoder",
    named='with h alone',
    name='looks with the pair',
    change=('self.attend(state[0], features)', 'self.attend(state, features)'),
)
mistake(
    "caption-decoder",
    named='looked with c',
    name='looks with c',
    change=('self.attend(state[0], features)', 'self.attend(state[1], features)'),
)
mistake(
    "caption-decoder",
    named='word comes first',
    name='context in front',
    change=('[self.embedding(words), context]', '[context, self.embedding(words)]'),
)
mistake(
    "caption-decoder",
    named='previous word is not read',
    name='word not read',
    change=('[self.embedding(words), context]', '[0 * self.embedding(words), context]'),
)
mistake(
    "caption-decoder",
    named='previous word is not read',
    name='word not read, and the context alone',
    change=('torch.cat([self.embedding(words), context], dim=1)', 'context'),
)
mistake(
    "caption-decoder",
    named='mean of the picture',
    name='mean of the picture in place of the look',
    change=('self.attend(state[0], features)', '(features.mean(dim=1), self.attend(state[0], features)[1])'),
)
mistake(
    "caption-decoder",
    named='no state',
    name='no state for the cell',
    change=('context], dim=1), state)', 'context], dim=1))'),
)
mistake(
    "caption-decoder",
    named="don't see the picture",
    name='scored without a look',
    change=('self.head(torch.cat([state[0], context], dim=1))', 'self.head(state[0])'),
)
mistake(
    "caption-decoder",
    named='scored with c',
    name='scored with c',
    change=('self.head(torch.cat([state[0], context], dim=1))', 'self.head(torch.cat([state[1], context], dim=1))'),
)
mistake(
    "caption-decoder",
    named='scored with the old h',
    name='scored with the old state',
    change=('        state = self.cell(torch.cat([self.embedding(words), context], dim=1), state)\n        return self.head(torch.cat([state[0], context], dim=1)), state, weights', '        new = self.cell(torch.cat([self.embedding(words), context], dim=1), state)\n        return self.head(torch.cat([state[0], context], dim=1)), new, weights'),
)
mistake(
    "caption-decoder",
    named='a step looks once',
    name='looks with the new state',
    change=('        state = self.cell(torch.cat([self.embedding(words), context], dim=1), state)', '        state = self.cell(torch.cat([self.embedding(words), context], dim=1), state)\n        context, weights = self.attend(state[0], features)'),
)
mistake(
    "caption-decoder",
    named='returns the old state',
    name='old state returned',
    change=('        state = self.cell(torch.cat([self.embedding(words), context], dim=1), state)\n        return self.head(torch.cat([state[0], context], dim=1)), state, weights', '        new = self.cell(torch.cat([self.embedding(words), context], dim=1), state)\n        return self.head(torch.cat([new[0], context], dim=1)), state, weights'),
)
mistake(
    "caption-decoder",
    named='third value are the weights',
    name='context returned',
    change=('dim=1)), state, weights', 'dim=1)), state, context'),
)
mistake(
    "caption-decoder",
    named='state is not handed on',
    name='state not carried',
    change=('now, state, _ = self.step(', 'now, _, _ = self.step('),
)
mistake(
    "caption-decoder",
    named='the answer leaks',
    name='leak',
    change=('self.step(tokens[:, t], state', 'self.step(tokens[:, min(t + 1, tokens.shape[1] - 1)], state'),
)
mistake(
    "caption-decoder",
    named="the model's own words",
    name='own words',
    change=('self.step(tokens[:, t], state', 'self.step(tokens[:, 0] if t == 0 else now.argmax(dim=1), state'),
)
mistake(
    "caption-decoder",
    named='START at every step',
    name='START at every step',
    change=('self.step(tokens[:, t], state', 'self.step(tokens[:, 0], state'),
)
mistake(
    "caption-decoder",
    named='time comes first',
    name='time first',
    change=('torch.stack(scores, dim=1)', 'torch.stack(scores)'),
)
mistake(
    "caption-decoder",
    named='one step is missing',
    name='one step short',
    change=('range(tokens.shape[1])', 'range(tokens.shape[1] - 1)'),
)
mistake(
    "caption-decoder",
    named='only the last scores',
    name='only the last scores',
    change=('torch.stack(scores, dim=1)', 'now'),
)
mistake(
    "caption-decoder",
    named='returns nothing',
    name='returns nothing',
    change=('return torch.stack(scores, dim=1)', 'torch.stack(scores, dim=1)'),
)

alternative(
    "caption-decoder",
    name='words embedded at once',
    source='class CaptionDecoder(nn.Module):\n    """An LSTM that looks at a picture before every word.\n\n    Every computation goes through the modules of __init__: `self.attend(h, features)`, `self.embedding(words)`, `self.start_h(x)`, `self.start_c(x)`,\n    `self.cell(x, (h, c))`, which returns the new (h, c), and `self.head(x)`.\n    """\n\n    def __init__(self, vocab_size: int, embed_dim: int, feature_dim: int, hidden_dim: int, attend: nn.Module) -> None:\n        super().__init__()\n        self.attend = attend\n        self.embedding = nn.Embedding(vocab_size, embed_dim)\n        self.start_h = nn.Linear(feature_dim, hidden_dim)\n        self.start_c = nn.Linear(feature_dim, hidden_dim)\n        self.cell = nn.LSTMCell(embed_dim + feature_dim, hidden_dim)\n        self.head = nn.Linear(hidden_dim + feature_dim, vocab_size)\n\n    def start(self, features: Tensor) -> tuple[Tensor, Tensor]:\n        """The state (h, c) before the first word, (N, H) each: tanh of start_h and of start_c, of the mean over positions. features: (N, P, D)."""\n        mean = features.mean(dim=1)\n        return torch.tanh(self.start_h(mean)), torch.tanh(self.start_c(mean))\n\n    def step(self, words: Tensor, state: tuple[Tensor, Tensor], features: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor]:\n        """One word further. words: (N,) int64, the previous words. state: (h, c). features: (N, P, D).\n\n        Returns scores (N, V) for the next word, the new state (h, c), and the weights (N, P) of the look.\n        """\n        context, weights = self.attend(state[0], features)\n        state = self.cell(torch.cat([self.embedding(words), context], dim=1), state)\n        return self.head(torch.cat([state[0], context], dim=1)), state, weights\n\n    def forward(self, tokens: Tensor, features: Tensor) -> Tensor:\n        """Scores (N, T, V): scores[:, t] after the true tokens 0 to t have been read. tokens: (N, T) int64, START first."""\n        (h, c), vectors, out = self.start(features), self.embedding(tokens), []\n        for x in vectors.unbind(dim=1):\n            context, _ = self.attend(h, features)\n            h, c = self.cell(torch.hstack([x, context]), (h, c))\n            out.append(torch.hstack([h, context]))\n        return self.head(torch.stack(out, dim=1))',
)
alternative(
    "caption-decoder",
    name='state as a list, scores into a list',
    source='class CaptionDecoder(nn.Module):\n    """An LSTM that looks at a picture before every word.\n\n    Every computation goes through the modules of __init__: `self.attend(h, features)`, `self.embedding(words)`, `self.start_h(x)`, `self.start_c(x)`,\n    `self.cell(x, (h, c))`, which returns the new (h, c), and `self.head(x)`.\n    """\n\n    def __init__(self, vocab_size: int, embed_dim: int, feature_dim: int, hidden_dim: int, attend: nn.Module) -> None:\n        super().__init__()\n        self.attend = attend\n        self.embedding = nn.Embedding(vocab_size, embed_dim)\n        self.start_h = nn.Linear(feature_dim, hidden_dim)\n        self.start_c = nn.Linear(feature_dim, hidden_dim)\n        self.cell = nn.LSTMCell(embed_dim + feature_dim, hidden_dim)\n        self.head = nn.Linear(hidden_dim + feature_dim, vocab_size)\n\n    def start(self, features: Tensor) -> tuple[Tensor, Tensor]:\n        """The state (h, c) before the first word, (N, H) each: tanh of start_h and of start_c, of the mean over positions. features: (N, P, D)."""\n        mean = features.mean(dim=1)\n        return torch.tanh(self.start_h(mean)), torch.tanh(self.start_c(mean))\n\n    def step(self, words: Tensor, state: tuple[Tensor, Tensor], features: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor]:\n        """One word further. words: (N,) int64, the previous words. state: (h, c). features: (N, P, D).\n\n        Returns scores (N, V) for the next word, the new state (h, c), and the weights (N, P) of the look.\n        """\n        h, c = state\n        z, alpha = self.attend(h, features)\n        word = self.embedding(words)\n        h, c = self.cell(torch.cat((word, z), -1), (h, c))\n        return self.head(torch.cat((h, z), -1)), (h, c), alpha\n\n    def forward(self, tokens: Tensor, features: Tensor) -> Tensor:\n        """Scores (N, T, V): scores[:, t] after the true tokens 0 to t have been read. tokens: (N, T) int64, START first."""\n        state, scores = self.start(features), []\n        for t in range(tokens.shape[1]):\n            now, state, _ = self.step(tokens[:, t], state, features)\n            scores.append(now)\n        return torch.stack(scores, dim=1)',
)

# loss-terms, widest-look, best-blind

mistake(
    "loss-terms",
    named='counted the padding',
    source='loss_terms = 16',
)
mistake(
    "loss-terms",
    named='counted the words',
    source='loss_terms = 10',
)
mistake(
    "loss-terms",
    named='counted START',
    source='loss_terms = 14',
)
mistake(
    "widest-look",
    named='a colour stands',
    source='widest_look = "colour words"',
)
mistake(
    "widest-look",
    named='a relation at none',
    source='widest_look = "both alike"',
)
mistake(
    "best-blind",
    named='weaker one',
    source='best_blind = "count"',
)
mistake(
    "best-blind",
    named='no favourite',
    source='best_blind = "relation"',
)

# caption-loss


@mistake("caption-loss", named="not shifted", name="not shifted")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[mask], tokens[mask])


@mistake("caption-loss", named="not shifted", name="not shifted, without START")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, 1:][mask[:, 1:]], tokens[:, 1:][mask[:, 1:]])


@mistake("caption-loss", named="wrong way", name="shifted the wrong way")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, 1:][mask[:, 1:]], tokens[:, :-1][mask[:, 1:]])


@mistake("caption-loss", named="counted the padding", name="padding counted")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


@mistake("caption-loss", named="mask is not shifted", name="mask not shifted")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, :-1][mask[:, :-1]], tokens[:, 1:][mask[:, :-1]])


@mistake("caption-loss", named="number of captions", name="per caption")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, :-1][mask[:, 1:]], tokens[:, 1:][mask[:, 1:]], reduction="sum") / len(tokens)


@mistake("caption-loss", named="averaged within each caption", name="mean of means")
def caption_loss(scores, tokens, mask):
    return torch.stack([F.cross_entropy(s[:-1][m[1:]], t[1:][m[1:]]) for s, t, m in zip(scores, tokens, mask, strict=True)]).mean()


@mistake("caption-loss", named="you summed", name="sum")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, :-1][mask[:, 1:]], tokens[:, 1:][mask[:, 1:]], reduction="sum")


@mistake("caption-loss", named="END out", name="END not learnt")
def caption_loss(scores, tokens, mask):
    real = mask[:, 1:] & (tokens[:, 1:] != END)
    return F.cross_entropy(scores[:, :-1][real], tokens[:, 1:][real])


@mistake("caption-loss", named="all cells", name="divided by all cells")
def caption_loss(scores, tokens, mask):
    each = F.cross_entropy(scores[:, :-1].flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    return (each * mask[:, 1:].flatten()).mean()


@mistake("caption-loss", named="START among them", name="divided by all tokens")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, :-1][mask[:, 1:]], tokens[:, 1:][mask[:, 1:]], reduction="sum") / mask.sum()


@mistake("caption-loss", named="`nll_loss` wants log-probabilities", name="nll_loss of scores")
def caption_loss(scores, tokens, mask):
    return F.nll_loss(scores[:, :-1][mask[:, 1:]], tokens[:, 1:][mask[:, 1:]])


@mistake("caption-loss", named="one of its own", name="softmax twice")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores.softmax(dim=-1)[:, :-1][mask[:, 1:]], tokens[:, 1:][mask[:, 1:]])


@alternative("caption-loss", name="ignore_index=PAD, the mask unused")
def caption_loss(scores, tokens, mask):
    return F.cross_entropy(scores[:, :-1].flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=PAD)


@mistake("caption-loss", named="no gradient flows", name="item")
def caption_loss(scores, tokens, mask):
    return torch.tensor(F.cross_entropy(scores[:, :-1][mask[:, 1:]], tokens[:, 1:][mask[:, 1:]]).item(), dtype=scores.dtype)


@alternative("caption-loss", name="ignore_index")
def caption_loss(scores, tokens, mask):
    targets = tokens.masked_fill(~mask, -100)[:, 1:]
    return F.cross_entropy(scores[:, :-1].transpose(1, 2), targets, ignore_index=-100)


@alternative("caption-loss", name="log-softmax and gather")
def caption_loss(scores, tokens, mask):
    log_p = scores.log_softmax(dim=-1)[:, :-1].gather(2, tokens[:, 1:, None]).squeeze(2)
    real = mask[:, 1:].to(scores.dtype)
    return -(log_p * real).sum() / real.sum()


# greedy-caption

mistake(
    "greedy-caption",
    named='went on behind END',
    name='goes on',
    change=('            done[i] = done[i] or word == END\n            if not done[i]:\n                captions[i].append(word)', '            captions[i].append(word)'),
)
mistake(
    "greedy-caption",
    named='only left END out',
    name='leaves END out and goes on',
    change=('done[i] = done[i] or word == END', 'done[i] = word == END'),
)
mistake(
    "greedy-caption",
    named='END stands in your captions',
    name='END kept',
    change=('            done[i] = done[i] or word == END\n            if not done[i]:\n                captions[i].append(word)', '            if not done[i]:\n                captions[i].append(word)\n            done[i] = done[i] or word == END'),
)
mistake(
    "greedy-caption",
    named='START stands in your captions',
    name='START kept',
    change=('[[] for _ in features]', '[[START] for _ in features]'),
)
mistake(
    "greedy-caption",
    named='when the first one ended',
    name='stops with the first',
    change=('        if all(done):', '        if any(done):'),
)
mistake(
    "greedy-caption",
    named='fed START',
    name='feeds START',
    change=('        words = scores.argmax(dim=1)\n        for i, word in enumerate(words.tolist()):', '        for i, word in enumerate(scores.argmax(dim=1).tolist()):'),
)
mistake(
    "greedy-caption",
    named='first state',
    name='state not handed on',
    change=('scores, state, _ = decoder.step(', 'scores, _, _ = decoder.step('),
)
mistake(
    "greedy-caption",
    named='one word too many',
    name='one too many',
    change=('range(max_words)', 'range(max_words + 1)'),
)
mistake(
    "greedy-caption",
    named='one word too few',
    name='one too few',
    change=('range(max_words)', 'range(max_words - 1)'),
)
mistake(
    "greedy-caption",
    named='without END stops your function',
    name='index of an END that never came',
    change=('    return captions', '    captions = [[*said, END] if over else said for said, over in zip(captions, done)]\n    return [said[: said.index(END)] for said in captions]'),
)
mistake(
    "greedy-caption",
    named='lowest score',
    name='argmin',
    change=('scores.argmax(dim=1)', 'scores.argmin(dim=1)'),
)


@alternative("greedy-caption", name="one picture after the other")
def greedy_caption(decoder, features, max_words=12):
    captions = []
    for i in range(len(features)):
        one = features[i : i + 1]
        state, word, said = decoder.start(one), START, []
        while len(said) < max_words:
            scores, state, _ = decoder.step(torch.tensor([word]), state, one)
            word = int(scores[0].argmax())
            if word == END:
                break
            said.append(word)
        captions.append(said)
    return captions


@alternative("greedy-caption", name="all steps, then cut")
def greedy_caption(decoder, features, max_words=12):
    with torch.no_grad():
        state, words, columns = decoder.start(features), torch.tensor([START] * len(features)), []
        for _ in range(max_words):
            scores, state, _ = decoder.step(words, state, features)
            words = scores.max(1).indices
            columns.append(words)
    rows = torch.stack(columns, dim=1).tolist()
    return [row[: row.index(END)] if END in row else row for row in rows]


# vqa

mistake(
    "vqa",
    named='state at the padding',
    name='last column',
    change=('states[torch.arange(len(states)), mask.sum(dim=1) - 1]', 'states[:, -1]'),
)
mistake(
    "vqa",
    named='state at the padding',
    name='h_n of the padded batch',
    change=('states[torch.arange(len(states)), mask.sum(dim=1) - 1]', 'self.rnn(self.embedding(tokens))[1][0][0]'),
)
mistake(
    "vqa",
    named='one step too early',
    name='one step early',
    change=('states[torch.arange(len(states)), mask.sum(dim=1) - 1]', 'states[torch.arange(len(states)), mask.sum(dim=1) - 2]'),
)
mistake(
    "vqa",
    named='first state',
    name='first state',
    change=('states[torch.arange(len(states)), mask.sum(dim=1) - 1]', 'states[:, 0]'),
)
mistake(
    "vqa",
    named="averaged the question's states",
    name='mean of the states',
    change=('states[torch.arange(len(states)), mask.sum(dim=1) - 1]', '(states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)'),
)
mistake(
    "vqa",
    named='the picture is not used',
    name='picture ignored',
    change=('seen = torch.relu(self.look(features)) * self.ask(question)[:, None]', 'seen = 0 * self.look(features) + self.ask(question)[:, None]'),
)
mistake(
    "vqa",
    named='the picture is not used',
    name='picture ignored, no sum',
    change=('        joint = seen.sum(dim=1) / features.shape[1] ** 0.5', '        joint = self.ask(question)'),
)
mistake(
    "vqa",
    named='the question is not used',
    name='question ignored',
    change=('seen = torch.relu(self.look(features)) * self.ask(question)[:, None]', 'seen = torch.relu(self.look(features))'),
)
mistake(
    "vqa",
    named='you added the question',
    name='added',
    change=('seen = torch.relu(self.look(features)) * self.ask(question)[:, None]', 'seen = torch.relu(self.look(features)) + self.ask(question)[:, None]'),
)
mistake(
    "vqa",
    named='inside the relu',
    name='added inside',
    change=('seen = torch.relu(self.look(features)) * self.ask(question)[:, None]', 'seen = torch.relu(self.look(features) + self.ask(question)[:, None])'),
)
mistake(
    "vqa",
    named='applied to the product',
    name='relu of the product',
    change=('seen = torch.relu(self.look(features)) * self.ask(question)[:, None]', 'seen = torch.relu(self.look(features) * self.ask(question)[:, None])'),
)
mistake(
    "vqa",
    named='relu on what is seen is missing',
    name='no relu on what is seen',
    change=('torch.relu(self.look(features))', 'self.look(features)'),
)
mistake(
    "vqa",
    named='relu after think is missing',
    name='no relu after think',
    change=('self.answer(torch.relu(self.think(joint)))', 'self.answer(self.think(joint))'),
)
mistake(
    "vqa",
    named="relu on the question's factors",
    name='relu on the factors',
    change=('* self.ask(question)[:, None]', '* torch.relu(self.ask(question))[:, None]'),
)
mistake(
    "vqa",
    named='took the mean over the positions',
    name='mean',
    change=('seen.sum(dim=1) / features.shape[1] ** 0.5', 'seen.mean(dim=1)'),
)
mistake(
    "vqa",
    named='did not divide',
    name='sum',
    change=(' / features.shape[1] ** 0.5', ''),
)
mistake(
    "vqa",
    named='root of feature_dim',
    name='root of D',
    change=('features.shape[1] ** 0.5', 'features.shape[2] ** 0.5'),
)
mistake(
    "vqa",
    named='not (N, hidden_dim)',
    name='states[:, lengths - 1]',
    change=('states[torch.arange(len(states)), mask.sum(dim=1) - 1]', 'states[:, mask.sum(dim=1) - 1]'),
)
mistake(
    "vqa",
    named='not (N, hidden_dim)',
    name='h_n with its axis of layers',
    change=('states[torch.arange(len(states)), mask.sum(dim=1) - 1]', 'self.rnn(self.embedding(tokens))[1][0]'),
)
mistake(
    "vqa",
    named='largest value over the positions',
    name='max',
    change=('seen.sum(dim=1) / features.shape[1] ** 0.5', 'seen.max(dim=1).values'),
)
mistake(
    "vqa",
    named='put a softmax',
    name='softmax',
    change=('self.answer(torch.relu(self.think(joint)))', 'self.answer(torch.relu(self.think(joint))).softmax(dim=1)'),
)
mistake(
    "vqa",
    named='batch_first=True is missing',
    name='time first',
    change=('self.rnn = nn.LSTM(embed_dim, hidden_dim, batch_first=True)', 'self.rnn = nn.LSTM(embed_dim, hidden_dim)'),
)
mistake(
    "vqa",
    named='sizes clash',
    name='factors not shared',
    change=('self.ask(question)[:, None]', 'self.ask(question)'),
)
mistake(
    "vqa",
    named='at every position',
    name='no sum',
    change=('seen.sum(dim=1) / features.shape[1] ** 0.5', 'seen / features.shape[1] ** 0.5'),
)

alternative(
    "vqa",
    name='packed',
    source='class VQA(nn.Module):\n    """Scores for the answers to a question about a picture.\n\n    self.embedding: nn.Embedding(vocab_size, embed_dim). self.rnn: nn.LSTM(embed_dim, hidden_dim), one layer, forwards. Four nn.Linear: self.look from feature_dim to joint_dim (W_1),\n    self.ask from hidden_dim to joint_dim (W_2), self.think from joint_dim to joint_dim (W_3), self.answer from joint_dim to num_answers (W_4). No other parameters.\n    """\n\n    def __init__(self, vocab_size: int, embed_dim: int, feature_dim: int, hidden_dim: int, joint_dim: int, num_answers: int) -> None:\n        super().__init__()\n        self.embedding = nn.Embedding(vocab_size, embed_dim)\n        self.rnn = nn.LSTM(embed_dim, hidden_dim, batch_first=True)\n        self.look = nn.Linear(feature_dim, joint_dim)\n        self.ask = nn.Linear(hidden_dim, joint_dim)\n        self.think = nn.Linear(joint_dim, joint_dim)\n        self.answer = nn.Linear(joint_dim, num_answers)\n\n    def forward(self, features: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:\n        """Raw scores (N, num_answers). features: (N, P, feature_dim). tokens: (N, T) int64. mask: (N, T) bool, in every row first True (at least once), then False.\n\n        What stands in padding changes nothing.\n        """\n        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)\n        question = self.rnn(packed)[1][0][0]\n        seen = torch.relu(self.look(features)) * self.ask(question)[:, None]\n        joint = seen.sum(dim=1) / features.shape[1] ** 0.5\n        return self.answer(torch.relu(self.think(joint)))',
)
alternative(
    "vqa",
    name='factors taken out of the sum',
    source='class VQA(nn.Module):\n    """Scores for the answers to a question about a picture.\n\n    self.embedding: nn.Embedding(vocab_size, embed_dim). self.rnn: nn.LSTM(embed_dim, hidden_dim), one layer, forwards. Four nn.Linear: self.look from feature_dim to joint_dim (W_1),\n    self.ask from hidden_dim to joint_dim (W_2), self.think from joint_dim to joint_dim (W_3), self.answer from joint_dim to num_answers (W_4). No other parameters.\n    """\n\n    def __init__(self, vocab_size: int, embed_dim: int, feature_dim: int, hidden_dim: int, joint_dim: int, num_answers: int) -> None:\n        super().__init__()\n        self.embedding = nn.Embedding(vocab_size, embed_dim)\n        self.rnn = nn.LSTM(embed_dim, hidden_dim, batch_first=True)\n        self.look = nn.Linear(feature_dim, joint_dim)\n        self.ask = nn.Linear(hidden_dim, joint_dim)\n        self.think = nn.Linear(joint_dim, joint_dim)\n        self.answer = nn.Linear(joint_dim, num_answers)\n\n    def forward(self, features: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:\n        """Raw scores (N, num_answers). features: (N, P, feature_dim). tokens: (N, T) int64. mask: (N, T) bool, in every row first True (at least once), then False.\n\n        What stands in padding changes nothing.\n        """\n        states, _ = self.rnn(self.embedding(tokens))\n        question = states[torch.arange(len(states)), mask.sum(dim=1) - 1]\n        joint = self.look(features).clamp(min=0).sum(dim=1) * self.ask(question) / math.sqrt(features.size(1))\n        return self.answer(torch.relu(self.think(joint)))',
)

# question-only-baseline


@mistake("question-only-baseline", named="learnt from the test", name="learns from all")
def question_only_baseline(questions, answers, train):
    counts, overall = defaultdict(Counter), Counter(answers)
    for question, answer in zip(questions, answers, strict=True):
        counts[question][answer] += 1
    return [min(counts[q] or overall, key=lambda a: (-(counts[q] or overall)[a], a)) for q, known in zip(questions, train, strict=True) if not known]


@mistake("question-only-baseline", named="learnt from the test", name="learns from the test")
def question_only_baseline(questions, answers, train):
    counts = defaultdict(Counter)
    for question, answer, known in zip(questions, answers, train, strict=True):
        if not known:
            counts[question][answer] += 1
    return [min(counts[q], key=lambda a: (-counts[q][a], a)) for q, known in zip(questions, train, strict=True) if not known]


@mistake("question-only-baseline", named="every question", name="global majority")
def question_only_baseline(questions, answers, train):
    known = [answer for answer, use in zip(answers, train, strict=True) if use]
    return [max(sorted(set(known)), key=known.count)] * sum(not use for use in train)


mistake(
    "question-only-baseline",
    named='came first in time',
    name='ties by time',
    change=('max(sorted(set(given)), key=given.count)', 'max(given, key=given.count)'),
)
mistake(
    "question-only-baseline",
    named='answered the training questions, too',
    name='answers everything',
    change=('zip(questions, train) if not known]', 'zip(questions, train)]'),
)
mistake(
    "question-only-baseline",
    named='answer the others',
    name='answers the training questions',
    change=('zip(questions, train) if not known]', 'zip(questions, train) if known]'),
)
mistake(
    "question-only-baseline",
    named='None to a new question',
    name='no fallback',
    change=('favourites.get(question, overall)', 'favourites.get(question)'),
)
mistake(
    "question-only-baseline",
    named='stops your function',
    name='KeyError',
    change=('favourites.get(question, overall)', 'favourites[question]'),
)
mistake(
    "question-only-baseline",
    named='left a new question out',
    name='new questions dropped',
    change=('if not known]', 'if not known and question in favourites]'),
)
mistake(
    "question-only-baseline",
    named='the last answer',
    name='last answer',
    change=('question: favourite(given) for', 'question: given[-1] for'),
)
mistake(
    "question-only-baseline",
    named='favourite of the favourites',
    name='favourite of favourites',
    change=('overall = favourite([answer for given in learnt.values() for answer in given])', 'overall = favourite([favourite(given) for given in learnt.values()])'),
)
mistake(
    "question-only-baseline",
    named="counted the test's answers",
    name='overall from all',
    change=('overall = favourite([answer for given in learnt.values() for answer in given])', 'overall = favourite(list(answers))'),
)


@alternative("question-only-baseline", name="counters")
def question_only_baseline(questions, answers, train):
    counts, overall = defaultdict(Counter), Counter()
    for question, answer, known in zip(questions, answers, train, strict=True):
        if known:
            counts[question][answer] += 1
            overall[answer] += 1

    def best(counter):
        top = max(counter.values())
        return min(answer for answer, number in counter.items() if number == top)

    return [best(counts[q]) if q in counts else best(overall) for q, known in zip(questions, train, strict=True) if not known]


@alternative("question-only-baseline", name="NumPy")
def question_only_baseline(questions, answers, train):
    q, a, use = np.array(questions), np.array(answers), np.array(train, dtype=bool)
    out = []
    for question in q[~use]:
        rows = use & (q == question)
        values, counts = np.unique(a[rows if rows.any() else use], return_counts=True)
        out.append(str(values[counts.argmax()]))
    return out


# accuracy-by-kind

mistake(
    "accuracy-by-kind",
    named='divided by all questions',
    name='divided by all',
    change=('sum(marks) / len(marks)', 'sum(marks) / len(kinds)'),
)
mistake(
    "accuracy-by-kind",
    named='did not divide',
    name='counts',
    change=('sum(marks) / len(marks)', 'sum(marks)'),
)
mistake(
    "accuracy-by-kind",
    named='wrong answers',
    name='wrong answers',
    change=('answer == truth)', 'answer != truth)'),
)
mistake(
    "accuracy-by-kind",
    named='percent',
    name='percent',
    change=('sum(marks) / len(marks)', '100 * sum(marks) / len(marks)'),
)
mistake(
    "accuracy-by-kind",
    named='is missing',
    name='kinds without a right answer dropped',
    change=('for kind, marks in right.items()}', 'for kind, marks in right.items() if any(marks)}'),
)
mistake(
    "accuracy-by-kind",
    named='one share for all',
    name='one for all',
    change=('return {kind: sum(marks) / len(marks) for kind, marks in right.items()}', 'return sum(sum(m) for m in right.values()) / len(kinds)'),
)


@alternative("accuracy-by-kind", name="two counters")
def accuracy_by_kind(answers, truths, kinds):
    asked = Counter(kinds)
    right = Counter(kind for answer, truth, kind in zip(answers, truths, kinds, strict=True) if answer == truth)
    return {kind: right[kind] / asked[kind] for kind in asked}


@alternative("accuracy-by-kind", name="NumPy")
def accuracy_by_kind(answers, truths, kinds):
    right = np.array(answers) == np.array(truths)
    return {kind: float(right[np.array(kinds) == kind].mean()) for kind in sorted(set(kinds))}
