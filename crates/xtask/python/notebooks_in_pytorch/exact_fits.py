"""Linear models without training: polynomials, ridge and lasso, for one data set or a batch of them."""

import torch


def powers(x, degree):
    """The columns xⁱ/i!, i = 0 … degree."""
    i = torch.arange(degree + 1, dtype=x.dtype)
    return x.unsqueeze(-1) ** i / torch.exp(torch.lgamma(i + 1))


def polynomial_fit(x, y, degree, penalty=0.0):
    """Weights of the columns of `powers` for x and y of shape [..., n]; the penalty spares the constant."""
    a, y = powers(x, degree), y.unsqueeze(-1)
    if penalty == 0:
        length = a.norm(dim=-2, keepdim=True)
        return torch.linalg.lstsq(a / length, y).solution.squeeze(-1) / length.squeeze(-2)
    diagonal = torch.full([degree + 1], penalty * x.shape[-1], dtype=x.dtype)
    diagonal[0] = 0
    return torch.linalg.solve(a.mT @ a + diagonal.diag(), a.mT @ y).squeeze(-1)


def predict(w, x):
    return (powers(x, w.shape[-1] - 1) @ w.unsqueeze(-1)).squeeze(-1)


def error(w, x, y):
    return (predict(w, x) - y).square().mean(-1)


def ridge(x, y, penalty):
    a = x.T @ x + penalty * len(x) * torch.eye(x.shape[1], dtype=x.dtype)
    return torch.linalg.solve(a, x.T @ y)


def soft_threshold(w, t):
    return w.sign() * (w.abs() - t).clamp(min=0)


def lasso(x, y, penalty):
    """Proximal gradient steps with momentum, until the weights stand still."""
    n = len(x)
    step = n / torch.linalg.matrix_norm(x, 2) ** 2
    gram, pull = x.T @ x / n, x.T @ y / n
    w = ahead = torch.zeros_like(pull)
    t = 1.0
    for _ in range(100_000):
        new = soft_threshold(ahead - step * (gram @ ahead - pull), step * penalty)
        moved = (new - w).abs().max()
        faster = (1 + (1 + 4 * t * t) ** 0.5) / 2
        ahead = new + (t - 1) / faster * (new - w)
        w, t = new, faster
        if moved <= 1e-9 * w.abs().max():
            break
    return w
