package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/openparley/parley/internal/portable"
)

// flowImportCommand brings a folder into an instance.
type flowImportCommand struct {
	instanceFlags

	Dir    string `arg:"" name:"dir" help:"Folder that \"parley flow export\" has written, or with flows as files." placeholder:"DIR"`
	DryRun bool   `help:"Say what would be done, and do nothing."`
	Prune  bool   `help:"Delete what the instance has and the folder has not, of each kind that the folder has any of."`
}

func (c *flowImportCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	in, err := c.open(ctx)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer root.Close()
	plan, err := portable.NewPlan(ctx, in, root.FS(), portable.Importing{Prune: c.Prune, Tell: newProgress("imported", "changes").tell})
	if bad, ok := errors.AsType[*portable.Invalid](err); ok {
		printProblems(bad.Problems)
		fmt.Fprintf(os.Stderr, "%s. Nothing was changed.\n", counted(len(bad.Problems), "problem"))
		return exitCode(1)
	}
	if err != nil {
		return err
	}
	printProblems(plan.Doubts)
	for _, s := range plan.Steps {
		fmt.Println(s)
	}
	fmt.Printf("%d to create, %d to update, %d to delete, %d unchanged\n",
		plan.Count("create"), plan.Count("update"), plan.Count("delete"), plan.Unchanged)
	if c.DryRun || len(plan.Steps) == 0 {
		return nil
	}
	doubts, err := plan.Apply(ctx)
	printProblems(doubts)
	if err != nil {
		return fmt.Errorf("%w\nThe same command goes on with what is left", err)
	}
	fmt.Println("Done.")
	return nil
}
