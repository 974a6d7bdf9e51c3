"""What customers are promised who ask or complain, and when the desk is open."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from data.mapping import Setting

KINDS: Final = ("complaint", "enquiry", "request")
STEPS: Final = (
    *("received", "verified", "assigned", "planned"),
    *("executed", "reported", "called_back", "tracked"),
)
"""The closed loop of a complaint, in order."""

Hours = Annotated[float, Field(gt=0, le=8_760)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class PromiseSettings(Setting):
    """Within how many hours, by kind of ticket."""

    complaint: Hours
    enquiry: Hours
    request: Hours

    @property
    def hours(self) -> Mapping[str, float]:
        """The hours of each kind."""
        return {kind: getattr(self, kind) for kind in KINDS}


class StepSettings(Setting):
    """Within how many hours a complaint goes from the step before to this one."""

    verified: Hours = 24
    assigned: Hours = 8
    planned: Hours = 48
    executed: Hours = 96
    reported: Hours = 48
    called_back: Hours = 72
    tracked: Hours = 72

    @property
    def hours(self) -> tuple[float, ...]:
        """The hours of each step but the first, in order."""
        return tuple(getattr(self, step) for step in STEPS[1:])


class ServiceSettings(Setting):
    """The desk's hours, and what is promised.

    `clock` says on which clock the promises `response_hours` and `resolve_hours` run:
    `calendar` runs always, `business` while the desk is open: from `opens` to `closes`
    on `weekdays` (1 is Monday) but `holidays`, and on `workdays` that are neither.
    Steps of complaints run on the calendar. A complaint recurs if its customer had one
    of the same type in the `recurrence_days` before.
    """

    clock: Literal["calendar", "business"] = "calendar"
    opens: time = time(9)
    closes: time = time(18)
    weekdays: tuple[Weekday, ...] = (1, 2, 3, 4, 5)
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    response_hours: PromiseSettings = PromiseSettings(complaint=4, enquiry=8, request=8)
    resolve_hours: PromiseSettings = PromiseSettings(
        complaint=96, enquiry=48, request=72
    )
    step_hours: StepSettings = StepSettings()
    recurrence_days: int = Field(default=90, ge=1, le=3_650)

    @model_validator(mode="after")
    def _open_for_a_while(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes has to be later than opens")
        return self

    def works_on(self, day: date) -> bool:
        """Whether the desk is open on a day."""
        if day in self.workdays:
            return True
        return day.isoweekday() in self.weekdays and day not in self.holidays
