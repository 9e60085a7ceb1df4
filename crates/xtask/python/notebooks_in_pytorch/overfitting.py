"""Notebook 03b: models that are too simple or too free for the data of notebook 03, and what helps."""

import torch

import early_stopping
import images
from exact_fits import error, lasso, polynomial_fit, predict, ridge
from model_selection import (
    between,
    cross_validate,
    curve,
    fit_errors,
    generalization_error,
    learning_curve,
    sample,
    truth,
)
from training import fashion_mnist


def bias_and_variance(degree, n=30, refits=200):
    x, (new_x, new_y) = between(-2, 2), sample(refits, n)
    w = polynomial_fit(*sample(refits, n), degree)
    fits = predict(w, x.expand(refits, -1))
    torch.quantile(fits, torch.tensor([0.05, 0.95], dtype=torch.float64), dim=0)
    variance = fits.var(0)
    bias2 = (fits.mean(0) - truth(x)).square() - variance / refits
    return bias2.mean().item(), variance.mean().item(), error(w, new_x, new_y).mean().item()


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


def best_by_size():
    best = []
    for n in [10, 20, 40, 80, 160, 320]:
        errors = [generalization_error(polynomial_fit(*sample(30, n), degree)).median() for degree in range(15)]
        best.append(torch.stack(errors).argmin().item())
    return best


def run(folder):
    torch.manual_seed(1)
    train, fresh = sample(30), sample(2000)
    valid, errors = under_and_over(train, fresh)

    fashion = fashion_mnist(folder)
    augmented = images.compare(*fashion)
    found = search(train)
    test_error, zeros = features()
    explained = images.explained_by_components(fashion[0][0][:1000], 40)
    epochs, loss = early_stopping.run(sample(20), valid)

    best = complexity(train, fresh)
    parts = [bias_and_variance(degree) for degree in [*range(13), 3, 12]]
    return {
        "errors of degrees 1, 7, 20": errors.tolist(), "found": found, "accuracies, plain and augmented": augmented,
        "three features": test_error, "lasso's zeros": zeros, "explained": explained, "epochs": epochs, "loss": loss,
        "best degree": best, "degree 12": parts[12], "best by size": best_by_size(),
    }
