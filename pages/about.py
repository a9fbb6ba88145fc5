"""What this is, whose texts and packages it uses, and what it keeps about the learner."""

import streamlit as st

from lessons import content
from pages.ui import session

lesson = content.load("about", session.language())
st.title(lesson.title, anchor=False)
for section in lesson.sections:
    part = lesson.titled(section)
    st.header(part.title, anchor=False)
    st.markdown(part.text)
