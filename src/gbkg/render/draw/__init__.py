"""Pictures for reports: networks, time lines and charts.

A picture is placed first and painted afterwards: `network.place` and `timeline.place` give a `scene.Scene`, which holds
every label with its box, and `painting.paint` makes SVG or PNG of it. Placing needs the widths of characters in the
font that comes with matplotlib, so both need the extra `draw`.
"""
