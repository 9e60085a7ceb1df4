"""Notebook 03: data of a known truth, sin 2x with noise, and polynomials fitted to them in double precision."""

import torch

from exact_fits import error, polynomial_fit, predict

NOISE = 0.3


def truth(x):
    return torch.sin(2 * x)


def sample(*shape, low=-2, high=2, noise=NOISE):
    x = torch.empty(shape, dtype=torch.float64).uniform_(low, high)
    return x, truth(x) + noise * torch.randn_like(x)


def between(low, high, n=481):
    """The middles of n equal parts, where an expectation over x is computed."""
    step = (high - low) / n
    return torch.linspace(low + step / 2, high - step / 2, n, dtype=torch.float64)


def generalization_error(w, low=-2, high=2):
    return error(w, between(low, high), truth(between(low, high))) + NOISE**2


def fit_errors(train, test, degree, penalty=0.0):
    w = polynomial_fit(*train, degree, penalty)
    return error(w, *train), error(w, *test)


def curve(train, test, degrees):
    """Training and test error by degree."""
    return torch.tensor([fit_errors(train, test, degree) for degree in degrees])


def learning_curve(train, test, sizes, degree):
    return torch.tensor([fit_errors([part[:n] for part in train], test, degree) for n in sizes])


def folds(n, k):
    """Indices [k, …] of the samples to train on and to validate on, for a k that divides n."""
    valid = torch.randperm(n).reshape(k, n // k)
    train = torch.stack([torch.cat([valid[:i].flatten(), valid[i + 1 :].flatten()]) for i in range(k)])
    return train, valid


def cross_validate(data, k, degree, penalty=0.0):
    """Training and validation errors by fold; the folds are one batch, data of shape [..., n] another."""
    train, valid = ([part[..., rows] for part in data] for rows in folds(data[0].shape[-1], k))
    return fit_errors(train, valid, degree, penalty)


def estimates(train):
    """What estimates the error of a fit of degree 7, and what it is."""
    w = polynomial_fit(*train, 7)
    on_test_sets = error(w.expand(500, -1), *sample(500, 50))
    error(w, *train), error(w, *sample(100)), generalization_error(w, 2, 3)
    predict(w, between(-2, 3, 201))
    x, y = sample(100)
    x, y = (part[torch.randperm(100)].split([60, 20, 20]) for part in (x, y))
    best = curve((x[0], y[0]), (x[1], y[1]), range(16))[:, 1].argmin().item()
    error(polynomial_fit(x[0], y[0], best), x[2], y[2])
    return on_test_sets.mean().item() / generalization_error(w).item()


def best_of_a_thousand(questions):
    """The score of the best of a thousand coin tossers."""
    answers = torch.rand(questions) > 0.5
    return ((torch.rand(1000, questions) > 0.5) == answers).float().mean(1).max().item()


def run(folder):
    torch.manual_seed(1)
    train = sample(30)
    estimate = estimates(train)
    best_of_a_thousand(100)
    [cross_validate(train, 5, degree) for degree in [5, *range(11)]]
    sets = sample(60, 30)
    by_k = [cross_validate(sets, k, 5)[1].mean(-1).median().item() for k in [2, 3, 5, 10, 30]]
    generalization_error(polynomial_fit(*sets, 5)).median()
    [best_of_a_thousand(n) for n in [100, 300, 1000, 3000]]
    return {"estimated ÷ exact": estimate, "by K": by_k}
