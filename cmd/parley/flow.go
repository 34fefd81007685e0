package main

// flowCommand is for flows in files, and brings them into instances and out of them.
type flowCommand struct {
	Lint    lintCommand       `cmd:"" help:"Say what is wrong with flows."`
	Convert convertCommand    `cmd:"" help:"Write a flow in the older format of the flow designer anew."`
	Diagram diagramCommand    `cmd:"" help:"Draw a flow, as SVG."`
	Export  flowExportCommand `cmd:"" help:"Write the flows of an instance, and what they need, as a folder of files."`
	Import  flowImportCommand `cmd:"" help:"Bring a folder of flows into an instance."`
	Test    testCommand       `cmd:"" help:"Try flows as golden conversations and test cases say, without a server."`
	Run     runCommand        `cmd:"" help:"Talk to a flow in the terminal."`
}
