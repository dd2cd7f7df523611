"""nbgrader's settings for this course: `nbgrader autograde` takes its scores from the sandboxed grader."""

c = get_config()  # noqa: F821 - nbgrader provides it  # type: ignore[name-defined]

c.CourseDirectory.course_id = "gan-labs"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"

# The release is built and committed; generating it again writes the same file and fills the gradebook.
c.GenerateAssignment.force = True
c.ClearSolutions.begin_solution_delimeter = "# BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "# END SOLUTION"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # delete this line when your answer stands here"}

# Student code runs in the sandbox alone: no kernel is started, and the figures that students leave are kept.
c.Autograde.exporter_class = "autograder.nbgrader_door.TolerantExporter"
c.Autograde.sanitize_preprocessors = [
    "autograder.nbgrader_door.KeepFigures",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_door.SandboxedGrades",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.HTMLExporter.filters = {"markdown2html": "autograder.nbgrader_door.safe_markdown"}  # students' HTML is shown as text
c.OverwriteCells.add_missing_cells = True  # a deleted check cell still shows its feedback and its score
