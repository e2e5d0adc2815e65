"""What limits and moves workloads: quotas, limit ranges, disruption budgets and autoscalers."""

from __future__ import annotations

from datetime import datetime

from mission_control.domain.objects.meta import Condition, Object, Selector, Slim, Traced


class QuotaStatus(Slim, frozen=True):
    """What a quota allows (`hard`) and what is taken (`used`)."""

    hard: dict[str, str] = {}
    used: dict[str, str] = {}


class ResourceQuota(Object, frozen=True):
    """v1 ResourceQuota."""

    metadata: Traced = Traced()
    status: QuotaStatus = QuotaStatus()


class LimitItem(Slim, frozen=True):
    """One limit of a LimitRange."""

    type: str = ""
    max: dict[str, str] = {}
    min: dict[str, str] = {}


class LimitRangeSpec(Slim, frozen=True):
    """`spec` of a LimitRange."""

    limits: tuple[LimitItem, ...] = ()


class LimitRange(Object, frozen=True):
    """v1 LimitRange."""

    metadata: Traced = Traced()
    spec: LimitRangeSpec = LimitRangeSpec()


class BudgetSpec(Slim, frozen=True):
    """`spec` of a disruption budget: counts, or percentages as text."""

    min_available: int | str | None = None
    max_unavailable: int | str | None = None
    selector: Selector | None = None


class BudgetStatus(Slim, frozen=True):
    """`status` of a disruption budget. `disrupted_pods`: evictions accepted and not yet seen."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    observed_generation: int = 0
    disrupted_pods: dict[str, datetime] = {}
    conditions: tuple[Condition, ...] = ()


class PodDisruptionBudget(Object, frozen=True):
    """policy/v1 PodDisruptionBudget."""

    metadata: Traced = Traced()
    spec: BudgetSpec = BudgetSpec()
    status: BudgetStatus = BudgetStatus()


class ScaleTarget(Slim, frozen=True):
    """What an autoscaler scales."""

    api_version: str = ""
    kind: str = ""
    name: str = ""


class MetricTarget(Slim, frozen=True):
    """The value an autoscaler aims at, or the value it sees."""

    type: str = ""
    average_utilization: int | None = None
    average_value: str | None = None
    value: str | None = None


class ResourceMetric(Slim, frozen=True):
    """A metric of the pods' own resources."""

    name: str = ""
    container: str = ""
    target: MetricTarget | None = None
    current: MetricTarget | None = None


class MetricName(Slim, frozen=True):
    """The name of a custom or external metric."""

    name: str = ""


class NamedMetric(Slim, frozen=True):
    """A custom or external metric."""

    metric: MetricName = MetricName()
    target: MetricTarget | None = None
    current: MetricTarget | None = None


class Metric(Slim, frozen=True):
    """One metric of an autoscaler, wanted (`spec`) or seen (`status`)."""

    type: str = ""
    resource: ResourceMetric | None = None
    container_resource: ResourceMetric | None = None
    pods: NamedMetric | None = None
    object: NamedMetric | None = None
    external: NamedMetric | None = None


class AutoscalerSpec(Slim, frozen=True):
    """`spec` of an autoscaler."""

    scale_target_ref: ScaleTarget = ScaleTarget()
    min_replicas: int = 1
    max_replicas: int = 0
    metrics: tuple[Metric, ...] = ()


class AutoscalerStatus(Slim, frozen=True):
    """`status` of an autoscaler."""

    current_replicas: int = 0
    desired_replicas: int = 0
    last_scale_time: datetime | None = None
    current_metrics: tuple[Metric, ...] = ()
    conditions: tuple[Condition, ...] = ()


class HorizontalPodAutoscaler(Object, frozen=True):
    """autoscaling/v2 HorizontalPodAutoscaler."""

    metadata: Traced = Traced()
    spec: AutoscalerSpec = AutoscalerSpec()
    status: AutoscalerStatus = AutoscalerStatus()
