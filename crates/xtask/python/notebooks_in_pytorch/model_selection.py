"""Notebook 03: data of a known truth, sin 2x with noise, and polynomials fitted to them in double precision."""

import torch

import early_stopping
import images
from exact_fits import error, lasso, polynomial_fit, predict, ridge
from training import fashion_mnist

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


def bias_and_variance(degree, n=30, refits=200):
    x, (new_x, new_y) = between(-2, 2), sample(refits, n)
    w = polynomial_fit(*sample(refits, n), degree)
    fits = predict(w, x.expand(refits, -1))
    torch.quantile(fits, torch.tensor([0.05, 0.95], dtype=torch.float64), dim=0)
    variance = fits.var(0)
    bias2 = (fits.mean(0) - truth(x)).square() - variance / refits
    return bias2.mean().item(), variance.mean().item(), error(w, new_x, new_y).mean().item()


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


def under_and_over(train, fresh):
    valid = sample(200)
    errors = curve(train, valid, [1, 7, 20])
    predict(polynomial_fit(*train, 20), between(-2, 2, 201))
    feature = truth(train[0])
    error(polynomial_fit(feature, train[1], 1), feature, train[1])
    plenty = sample(320)
    learning_curve(plenty, fresh, [20, 40, 80, 160, 320], 9)
    [fit_errors(sample(25, noise=s), sample(2000, noise=s), 9) for s in [0.05, 0.1, 0.2, 0.4, 0.8]]
    curve([part[:25] for part in plenty], fresh, range(15))
    generalization_error(polynomial_fit(*sample(1000, low=-2, high=0), 7))
    learning_curve(plenty, fresh, [20, 30, 40, 80, 160, 320], 15)
    return valid, errors


def search(train):
    """The degree and the penalty with the smallest error in five folds."""
    grid = [(degree, penalty) for degree in [1, 3, 5, 7, 10, 15] for penalty in [0, 1e-4, 1e-3, 1e-2, 1e-1]]
    return min(grid, key=lambda pair: cross_validate(train, 5, *pair)[1].mean())


def select_features(x, y, k):
    """Greedily: the column that explains most of what those chosen before leave."""
    x, y = x - x.mean(0), y - y.mean()
    chosen = []
    for _ in range(k):
        length = x.norm(dim=0)
        gain = torch.where(length > 1e-9, (y @ x / length).abs(), 0)
        best = gain.argmax().item()
        chosen.append(best)
        direction = x[:, best] / length[best]
        x, y = x - torch.outer(direction, direction @ x), y - direction * (direction @ y)
    return chosen


def features():
    true_w = torch.zeros(30, dtype=torch.float64)
    true_w[:3] = torch.tensor([2, -1, 0.5])
    x, new_x = (torch.randn(n, 30, dtype=torch.float64) for n in (40, 2000))
    y, new_y = (a @ true_w + 0.5 * torch.randn(len(a)) for a in (x, new_x))
    for columns in (list(range(30)), select_features(x, y, 3)):
        w = torch.linalg.lstsq(x[:, columns], y.unsqueeze(1)).solution.squeeze(1)
        test_error = (new_x[:, columns] @ w - new_y).square().mean().item()
    ridge(x, y, 0.2)
    return test_error, (lasso(x, y, 0.2) == 0).sum().item()


def complexity(train, fresh):
    [fit_errors(train, fresh, 15, 10.0**e) for e in range(-7, 3)]
    [polynomial_fit(*train, degree)[1:].norm() for degree in range(1, 21)]
    ten = [part[:10] for part in train]
    curve(ten, ten, [8, 9])
    best = curve(train, fresh, range(15))[:, 1].argmin().item()
    plenty = sample(300)
    for degree in (3, 9):
        learning_curve(plenty, fresh, [15, 20, 30, 50, 100, 300], degree)
    return best


def solutions():
    sets = sample(60, 30)
    by_k = [cross_validate(sets, k, 5)[1].mean(-1).median().item() for k in [2, 3, 5, 10, 30]]
    generalization_error(polynomial_fit(*sets, 5)).median()
    [best_of_a_thousand(n) for n in [100, 300, 1000, 3000]]
    best = []
    for n in [10, 20, 40, 80, 160, 320]:
        errors = [generalization_error(polynomial_fit(*sample(30, n), degree)).median() for degree in range(15)]
        best.append(torch.stack(errors).argmin().item())
    return by_k, best


def run(folder):
    torch.manual_seed(1)
    train, fresh = sample(30), sample(2000)
    estimate = estimates(train)
    best_of_a_thousand(100)
    [cross_validate(train, 5, degree) for degree in [5, *range(11)]]
    valid, errors = under_and_over(train, fresh)

    fashion = fashion_mnist(folder)
    augmented = images.compare(*fashion)
    found = search(train)
    test_error, zeros = features()
    explained = images.explained_by_components(fashion[0][0][:1000], 40)
    epochs, loss = early_stopping.run(sample(20), valid)

    best = complexity(train, fresh)
    parts = [bias_and_variance(degree) for degree in [*range(13), 3, 12]]
    by_k, best_by_size = solutions()
    return {
        "estimated ÷ exact": estimate, "errors of degrees 1, 7, 20": errors.tolist(), "found": found,
        "accuracies, plain and augmented": augmented, "three features": test_error, "lasso's zeros": zeros,
        "explained": explained, "epochs": epochs, "loss": loss, "best degree": best, "degree 12": parts[12],
        "by K": by_k, "best by size": best_by_size,
    }
