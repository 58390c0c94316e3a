"""The service that Label Studio asks for pre-annotations and tells of annotations, and the training that follows."""
