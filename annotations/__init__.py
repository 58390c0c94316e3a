"""What the program could not settle goes to people on Label Studio, and what they answer comes back into the data.

    select      which cells of which reports to ask about
    push        the tasks
    pull        the answers, checked
    backend     the model at work beside the annotator
    loop        rounds of train, evaluate, select, push
"""
