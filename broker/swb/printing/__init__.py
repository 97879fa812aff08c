"""The printed certificate: a Form D drawn as PDF and HTML, and codes read back from paper.

`form` says what stands in which box, `sheets` what stands on which sheet, `drawing` draws both out
of one template, `fonts` knows which scripts can be drawn, `scanning` reads codes. What a code says
and how it is verified is in `swb_schemas.wire.print_code`. All but `form` needs the extra
``render``.
"""

from swb.printing.drawing import Drawing, lay_out
from swb.printing.form import FormD, read_form_d
from swb.printing.scanning import read_codes

__all__ = ["Drawing", "FormD", "lay_out", "read_codes", "read_form_d"]
