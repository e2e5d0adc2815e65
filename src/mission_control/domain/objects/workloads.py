"""What makes pods: Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs, CronJobs and Argo's Rollouts."""

from __future__ import annotations

from datetime import datetime

from mission_control.domain.objects.meta import Condition, Meta, Object, Selector, Slim, Traced
from mission_control.domain.objects.pods import Template


class WorkloadSpec(Slim, frozen=True):
    """`spec` of a Deployment, StatefulSet, ReplicaSet, Rollout; `replicas` None: one, or an autoscaler's."""

    replicas: int | None = None
    selector: Selector = Selector()
    template: Template = Template()
    paused: bool = False
    progress_deadline_seconds: int | None = None
    min_ready_seconds: int = 0
    service_name: str = ""
    volume_claim_templates: tuple[ClaimTemplate, ...] = ()


class ClaimTemplate(Slim, frozen=True):
    """A claim that a StatefulSet makes for each of its pods."""

    metadata: Meta = Meta()
    spec: ClaimTemplateSpec | None = None


class ClaimTemplateSpec(Slim, frozen=True):
    """The class that such a claim asks for; None means the default class."""

    storage_class_name: str | None = None


class WorkloadStatus(Slim, frozen=True):
    """`status` of a Deployment, StatefulSet, ReplicaSet or Rollout."""

    observed_generation: int | str | None = None
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    current_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""
    conditions: tuple[Condition, ...] = ()


class Workload(Object, frozen=True):
    """The common form of what keeps a number of pods running."""

    metadata: Meta = Meta()
    spec: WorkloadSpec = WorkloadSpec()
    status: WorkloadStatus = WorkloadStatus()


class Deployment(Workload, frozen=True):
    """apps/v1 Deployment."""

    metadata: Traced = Traced()


class StatefulSet(Workload, frozen=True):
    """apps/v1 StatefulSet."""

    metadata: Traced = Traced()


class ReplicaSet(Workload, frozen=True):
    """apps/v1 ReplicaSet."""


class Rollout(Workload, frozen=True):
    """argoproj.io/v1alpha1 Rollout, which the same charts use instead of a Deployment."""

    metadata: Traced = Traced()


class DaemonSetSpec(Slim, frozen=True):
    """`spec` of a DaemonSet."""

    selector: Selector = Selector()
    template: Template = Template()


class DaemonSetStatus(Slim, frozen=True):
    """`status` of a DaemonSet."""

    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    number_unavailable: int = 0
    updated_number_scheduled: int = 0
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()


class DaemonSet(Object, frozen=True):
    """apps/v1 DaemonSet."""

    metadata: Traced = Traced()
    spec: DaemonSetSpec = DaemonSetSpec()
    status: DaemonSetStatus = DaemonSetStatus()


class JobSpec(Slim, frozen=True):
    """`spec` of a Job."""

    backoff_limit: int = 6
    active_deadline_seconds: int | None = None
    completions: int | None = None
    parallelism: int | None = None
    suspend: bool = False
    template: Template = Template()


class JobStatus(Slim, frozen=True):
    """`status` of a Job."""

    active: int = 0
    succeeded: int = 0
    failed: int = 0
    start_time: datetime | None = None
    completion_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()


class Job(Object, frozen=True):
    """batch/v1 Job."""

    metadata: Meta = Meta()
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()


class CronJobSpec(Slim, frozen=True):
    """`spec` of a CronJob."""

    schedule: str = ""
    time_zone: str | None = None
    suspend: bool = False
    starting_deadline_seconds: int | None = None


class CronJobStatus(Slim, frozen=True):
    """`status` of a CronJob."""

    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None


class CronJob(Object, frozen=True):
    """batch/v1 CronJob."""

    metadata: Traced = Traced()
    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
