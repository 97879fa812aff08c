"""Reports as files: JUnit XML for a build server, HTML for a ministry's records."""

from swb_conformance.reporters.html import render_html
from swb_conformance.reporters.junit import render_junit

__all__ = ["render_html", "render_junit"]
