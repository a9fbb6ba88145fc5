import streamlit as st

home = st.Page("home.py", title="Home", default=True)
st.navigation([st.Page("word2vec.py", title="Word2Vec", url_path="word2vec"), home]).run()
