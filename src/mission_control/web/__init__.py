"""The pages, their JSON twins and the live stream: parse, ask a service, hand one struct to one template."""
