// Command parley serves Amazon Connect chat: for a developer with "parley dev", for customers with "parley serve".
package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/aws/smithy-go"

	"github.com/openparley/parley/internal/server"
)

// commands are one struct a file.
type commands struct {
	Dev         devCommand         `cmd:"" help:"Start everything a developer needs, with a ready instance, flows and keys."`
	Serve       serveCommand       `cmd:"" help:"Serve customers, as a configuration file says."`
	Chat        chatCommand        `cmd:"" help:"Chat in the terminal, as a customer of any server, or of Amazon."`
	Contact     contactCommand     `cmd:"" help:"See what happens to a contact."`
	Flow        flowCommand        `cmd:"" help:"Check, try, draw and move flows."`
	Export      exportCommand      `cmd:"" help:"Write what is kept of a customer to files."`
	Erase       eraseCommand       `cmd:"" help:"Delete what is kept of a customer."`
	DeadLetters deadLettersCommand `cmd:"" help:"See to what the outside could not be told."`
	Bench       benchCommand       `cmd:"" help:"Measure a server under load."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:])) }

// run does a command and returns the exit code: 0, 1 for a failure, 2 for a wrong command line, others as the command says.
func run(args []string) int {
	var c commands
	parser := kong.Must(&c, kong.Name("parley"),
		kong.Description("Amazon Connect chat that anyone can run."),
		kong.Vars{"devInstance": server.DevInstance, "devFlow": server.DevFlow}, kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	ctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "parley: %v\nRun \"parley --help\" for the commands, \"parley COMMAND --help\" for their flags.\n", err)
		return 2
	}
	err = ctx.Run()
	if code, ok := errors.AsType[exitCode](err); ok {
		return int(code)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "parley: %s\n", reason(err))
		if errors.Is(err, errUsage) {
			return 2
		}
		return 1
	}
	return 0
}

// reason is an error in words for people: of what a server refuses, or of one that is not reached, the operation and why, but not how it was
// asked.
func reason(err error) string {
	op, asked := errors.AsType[*smithy.OperationError](err)
	if !asked {
		return err.Error()
	}
	why := op.Error()
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		why = fmt.Sprintf("%s: %s: %s", op.OperationName, refused.ErrorCode(), refused.ErrorMessage())
	} else if lost, ok := errors.AsType[*url.Error](err); ok {
		why = fmt.Sprintf("%s: %v", op.OperationName, lost)
	}
	return strings.Replace(err.Error(), op.Error(), why, 1)
}

// exitCode ends the program after everything was said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println("parley", version())
	return nil
}

// version is that of the module, as the Go tool stamped it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
