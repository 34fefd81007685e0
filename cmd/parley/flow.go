package main

// flowCommand is for flows in files: nothing of it needs a server.
type flowCommand struct {
	Lint    lintCommand    `cmd:"" help:"Say what is wrong with flows."`
	Convert convertCommand `cmd:"" help:"Write a flow in the older format of the flow designer anew."`
	Diagram diagramCommand `cmd:"" help:"Draw a flow, as SVG."`
}
