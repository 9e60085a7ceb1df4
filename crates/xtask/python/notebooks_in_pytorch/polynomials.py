"""Notebook 04."""

import torch
from torch import nn

from exact_fits import error, polynomial_fit, powers, predict
from training import shuffled, train_epoch

TRUE_W = torch.tensor([5, 1.2, -3.4, 5.6])


def data(*shape):
    """x, its first 20 columns and labels."""
    x = torch.randn(shape)
    columns = powers(x, 19)
    return x, columns, columns[..., :4] @ TRUE_W + 0.1 * torch.randn(shape)


def train(columns, labels, epochs):
    """Weights, and losses on the first and on the second hundred samples."""
    labels = labels.unsqueeze(1)
    net = nn.Linear(columns.shape[1], 1, bias=False)
    loss, trainer = nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=0.01)
    history = []
    for epoch in range(1, epochs + 1):
        train_epoch(net, shuffled(columns[:100], labels[:100], 10), loss, trainer)
        if epoch == 1 or epoch % 20 == 0:
            with torch.no_grad():
                history.append([loss(net(columns[part]), labels[part]).item() for part in (slice(100), slice(100, 200))])
    return net.weight.detach().squeeze(0), history[-1]


def mean_square(w, columns, labels):
    return ((columns @ w.unsqueeze(-1)).squeeze(-1) - labels).square().mean(-1)


def many_data_sets(count, epochs):
    """SGD on `count` data sets at once; the median of test loss ÷ training loss, every 20 epochs."""
    x, columns, labels = data(count, 200)
    old_x, old_y, new_x, new_y = columns[:, :100], labels[:, :100], columns[:, 100:], labels[:, 100:]
    w = torch.empty(count, 20).uniform_(-(20**-0.5), 20**-0.5).requires_grad_()
    trainer = torch.optim.SGD([w], lr=0.01)
    sets, ratios = torch.arange(count).unsqueeze(1), []
    for epoch in range(1, epochs + 1):
        order = torch.rand(count, 100).argsort(1)
        for rows in order.split(10, 1):
            trainer.zero_grad()
            mean_square(w, old_x[sets, rows], old_y[sets, rows]).sum().backward()
            trainer.step()
        if epoch % 20 == 0:
            with torch.no_grad():
                ratios.append((mean_square(w, new_x, new_y) / mean_square(w, old_x, old_y)).median().item())
    exact_gaps(x[:, :100].double(), old_y.double(), x[:, 100:].double(), new_y.double())
    return ratios


def exact_gaps(x, y, new_x, new_y):
    w = polynomial_fit(x, y, 19)
    return (error(w, new_x, new_y) / error(w, x, y)).median().item()


def least_squares(columns, labels):
    """The weights and the error that they leave."""
    w = torch.linalg.lstsq(columns, labels.unsqueeze(1)).solution.squeeze(1)
    return w.tolist(), mean_square(w, columns, labels).item()


def three_fits(x, labels, sgd, columns):
    """Errors on new samples of weights by SGD, ridge and least squares."""
    old, new = ((x[part].double(), labels[part].double()) for part in (slice(100), slice(100, 200)))
    exact, ridged = polynomial_fit(*old, 19), polynomial_fit(*old, 19, 1e-4)
    wide = torch.linspace(-3.4, 3.4, 171, dtype=torch.float64)
    predict(exact, wide), predict(ridged, wide)
    by_sgd = mean_square(sgd, columns[100:], labels[100:]).item()
    return by_sgd, error(ridged, *new).item(), error(exact, *new).item()


def overflow(x, labels):
    """Columns without their factorials, until the loss is infinite; the step at which it is."""
    columns = x[:100].unsqueeze(1) ** torch.arange(20.0)
    net = nn.Linear(20, 1, bias=False)
    trainer = torch.optim.SGD(net.parameters(), lr=0.01)
    for step, (a, y) in enumerate(zip(columns.split(10), labels[:100].unsqueeze(1).split(10)), 1):
        loss = nn.functional.mse_loss(net(a), y)
        if not loss.isfinite():
            return step
        trainer.zero_grad()
        loss.backward()
        trainer.step()
    return None


def gap_by_size(n):
    """The median over nine data sets of n samples."""
    x, new_x = torch.randn(9, n, dtype=torch.float64), torch.randn(9, 1000, dtype=torch.float64)
    y, new_y = (predict(TRUE_W.double(), a) + 0.1 * torch.randn_like(a) for a in (x, new_x))
    return exact_gaps(x, y, new_x, new_y)


def run(_folder):
    torch.manual_seed(42)
    x, columns, labels = data(200)
    cubic, cubic_losses = train(columns[:, :4], labels, 400)
    _, linear_losses = train(columns[:, :2], labels, 400)
    least_squares(columns[:100, :2], labels[:100])
    _, many_columns, many_labels = data(500_000)
    theory = least_squares(many_columns[:, :2], many_labels)
    everything, all_losses = train(columns, labels, 1500)
    fits = three_fits(x, labels, everything, columns)
    ratios = many_data_sets(25, 1500)

    least_squares(many_columns[:, :3], many_labels)
    _, square_losses = train(columns[:, :3], labels, 400)
    gaps = [gap_by_size(n) for n in [50, 100, 200, 400, 800, 1600, 3200, 6400]]
    return {
        "cubic": cubic.tolist(), "losses": [cubic_losses, linear_losses, all_losses, square_losses], "theory": theory,
        "SGD, ridge, least squares": fits, "ratio, highest and last": [max(ratios), ratios[-1]],
        "infinite at step": overflow(x, labels), "gaps": gaps,
    }
