"""Metrics: what a process measures of itself, in the form that Prometheus reads.

`table` names every metric, and the page in the docs is made of it; `meter` holds their values for
one process; the other modules stand around ports and measure what goes through them. Labels are
bounded: states of the table of connections, types of the catalogue, documented codes. Ids, numbers
of certificates and personal data are never in them.
"""

from swb.metrics.judging import measure_judging
from swb.metrics.lines import MeasuredTransport
from swb.metrics.meter import Measure, Meter, NodeMeter
from swb.metrics.national import MeasuredNational, MeasuredSource
from swb.metrics.store import measure_store
from swb.metrics.table import METRICS, Kind, Metric

__all__ = [
    "METRICS",
    "Kind",
    "Measure",
    "MeasuredNational",
    "MeasuredSource",
    "MeasuredTransport",
    "Meter",
    "Metric",
    "NodeMeter",
    "measure_judging",
    "measure_store",
]
