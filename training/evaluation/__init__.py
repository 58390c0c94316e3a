"""How good the program is on agencies that nothing was fitted on, and where it fails: `gouji evaluate`.

    run        the real pipeline over reports with gold, under several arms -> results, one file a report and arm
    parts      results -> figures with intervals, tables and plots, eight parts
    page       these as one HTML page, JSON, CSV and Markdown
    compare    two runs side by side
"""
