"""Routes for service engineers: who goes where, when, and why.

The package knows nothing of Odoo. `README.md` describes the file format and the rules.

- `problem`, `records`: what is to be planned; `reading`, `checks`: how it comes in;
  `travel`: travel times; `model`: the same with numbers for ids;
- `schedule`: the exact times of one route and the rules it breaks;
- `fitting` and `insertion`: where one more order fits, which windows can be promised;
- `search`: improves whole plans under the exact rules, without any other library;
- `vrp` and `vrp_run`: the same task for the solver PyVRP; `worker`: in another process;
- `solver`: a whole plan in a given time; `plan`: the answer;
- `explain`: why this engineer, and why an order found no place.
"""

from .errors import EngineError, ProblemError, SolverError
from .problem import (
    WAREHOUSE,
    Engineer,
    Options,
    Order,
    Place,
    Problem,
    Weights,
)
