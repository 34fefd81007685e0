package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/openparley/parley/api/parley"
)

// refusedCode is the exit code when nothing was erased because a chat lives or nobody said yes.
const refusedCode = exitCode(3)

// eraseRounds is how often erase looks for chats that began while it erased others.
const eraseRounds = 3

// eraseCommand deletes what is kept of a customer.
type eraseCommand struct {
	keptFlags

	Yes bool `help:"Do not ask."`
	End bool `help:"End chats that live. Without it nothing is erased while one lives."`
}

func (c *eraseCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(c.erase(ctx, k), k.Close())
}

func (c *eraseCommand) erase(ctx context.Context, k keeper) error {
	chats, err := c.find(ctx, k)
	if err != nil {
		return err
	}
	report(os.Stdout, chats)
	if c.DryRun || len(chats) == 0 {
		return nil
	}
	for _, chat := range chats {
		if chat.DisconnectTimestamp == nil && !c.End {
			fmt.Fprintf(os.Stderr, "Chat %s lives: nothing is erased. --end ends such chats first.\n", *chat.ContactId)
			return refusedCode
		}
	}
	if !c.Yes && !confirmed("Erase all of this for good?") {
		fmt.Fprintln(os.Stderr, "Nothing is erased.")
		return refusedCode
	}
	erased := 0
	for range eraseRounds {
		p := newProgress("erased", "chats")
		for i, chat := range chats {
			if _, err := k.EraseChat(ctx, &parley.EraseChatInput{ContactId: chat.ContactId, End: c.End}); err != nil {
				return fmt.Errorf("%d chats are erased; run the command again for the others: %w", erased, err)
			}
			erased++
			p.tell(i+1, len(chats))
		}
		if chats = nil; c.Customer == "" {
			break
		}
		if chats, err = c.find(ctx, k); err != nil || len(chats) == 0 {
			break
		}
	}
	fmt.Printf("%d chats are erased.\n", erased)
	if err == nil && len(chats) > 0 {
		fmt.Fprintf(os.Stderr, "%d more have begun meanwhile: run the command again.\n", len(chats))
		return refusedCode
	}
	return err
}

// confirmed asks whoever sits there.
func confirmed(question string) bool {
	fmt.Fprint(os.Stderr, question+" Type yes: ")
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	return strings.TrimSpace(line) == "yes"
}
