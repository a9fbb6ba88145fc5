"""What is taught, in each language: Markdown texts and Plotly figures. Imports neither Streamlit nor torch."""
