"""Settings of all tests: hypothesis without deadlines, since machines are busy at times."""

import hypothesis

hypothesis.settings.register_profile("handwritten", deadline=None)
hypothesis.settings.load_profile("handwritten")
