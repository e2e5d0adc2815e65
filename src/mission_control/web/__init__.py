"""The pages, their JSON twins and the live stream: parse, ask one service, hand one struct to one template."""
