"""What to do about a rejected row, by the rule that it breaks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

REMEDIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ambiguous_date": "Write the year first, or declare date_format.",
        "answered_before_sent": "An answer cannot come before its survey was sent.",
        "choice": "Use one of the contract's words, or map this one in values.",
        "closed_before_opened": "A ticket cannot be closed before it is opened.",
        "control_char": "Remove the control character from the cell.",
        "converted_before_reached": "A lead cannot convert before it is reached.",
        "date": "Write a real date, such as 2026-03-31 or 2026-03-31 09:05:00.",
        "date_range": "Write a date from 1970 on that is not in the future.",
        "decimals": "Give amounts with at most four decimals.",
        "dst": "The clocks changed over this time; write it with its UTC offset.",
        "encoding": "Save the row as UTF-8; some of its bytes are no text.",
        "ends_before_starts": "A campaign cannot end before it starts.",
        "error_value": "Mend the formula that shows #N/A, #REF! or another error.",
        "excel_date": "Write a real date; 29 February 1900, serial 60, never was.",
        "field_count": "Give the row as many cells as the header has.",
        "first_response_before_opened": "A response cannot come before its ticket.",
        "flag": "Write true or false.",
        "formula_uncached": "Open the file in Excel and save it, to keep its values.",
        "integer": "Write a whole number.",
        "missing": "Fill the cell; this column is required.",
        "negative_amount": "Only an order with status returned may be negative.",
        "number": "Write a plain number, such as 1234.56; see decimal in the settings.",
        "number_range": "The number has too many digits; check its unit.",
        "period": "Write a year, quarter or month: 2026, 2026-Q3 or 2026-10.",
        "planned_share": "Write the shares such as control=0.1, treatment=0.9.",
        "points_sign": "Points earned are positive; redeemed and expired, negative.",
        "precision_lost": "Export the column as text; floats round long identifiers.",
        "quote": "Close the quote in this row, or double it inside a cell.",
        "range": "Write a value inside the scale of this column.",
        "refund_above_amount": "A refund cannot be larger than its order.",
        "refunded_before_ordered": "A refund cannot come before its order.",
        "resolved_before_opened": "A ticket cannot be resolved before it is opened.",
        "unknown_customer": "Nothing: the row comes in when its customer does.",
    }
)
