"""Routes for service engineers: who goes where, when, and why.

The package knows nothing of Odoo. `README.md` describes the file format and the rules.

- `problem`: what is to be planned; `reading`: reads and checks it; `travel`: travel
  times; `model`: the same with numbers for ids;
- `schedule`: the exact times of one route and the rules it breaks;
- `insertion`: where one more order fits, and which windows can be promised;
- `search`: improves whole plans under the exact rules, without any other library;
- `vrp`: the same task for the solver PyVRP; `worker`: in another process;
- `solver`: a whole plan in a given time;
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
