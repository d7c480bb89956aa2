"""Every method as a function. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from kam._methods._attractiveness import attractiveness, our_attractiveness, selection_matrix
from kam._methods._concentration import cost_to_serve, lorenz, pareto, unprofitable, whale_curve
from kam._methods._key_account import key_account_profile, key_account_types, routes, three_p
from kam._methods._people import assignment, competence, effort, hygiene, market_indicator, marketing_list, portfolio
from kam._methods._pyramid import pyramid, pyramid_transitions
from kam._methods._retention import clv, develop_or_acquire, loss, loss_dynamics, purchase_model, revenue_bridge, spend_model, win_back
from kam._methods._segment import abc, abc_xyz, rfm, xyz

__all__ = [
    "abc",
    "abc_xyz",
    "assignment",
    "attractiveness",
    "clv",
    "competence",
    "cost_to_serve",
    "develop_or_acquire",
    "effort",
    "hygiene",
    "key_account_profile",
    "key_account_types",
    "lorenz",
    "loss",
    "loss_dynamics",
    "market_indicator",
    "marketing_list",
    "our_attractiveness",
    "pareto",
    "portfolio",
    "purchase_model",
    "pyramid",
    "pyramid_transitions",
    "revenue_bridge",
    "rfm",
    "routes",
    "selection_matrix",
    "spend_model",
    "three_p",
    "unprofitable",
    "whale_curve",
    "win_back",
    "xyz",
]
