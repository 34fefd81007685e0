package types

// View is what a flow shows to a participant.
type View struct {
	Arn     *string
	Content *ViewContent
	Id      *string
	Name    *string
	Version *int32
}

// ViewContent is what a view shows and takes.
type ViewContent struct {
	// Actions are what the participant may do with the view.
	Actions []string
	// InputSchema is JSON Schema text for what the view has to be given.
	InputSchema *string
	// Template is JSON text that names the components of the view.
	Template *string
}
