package center

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/lambda"
)

// TestNoWordsInTheLog: whatever a processor makes of a message, what the customer wrote is not in the log.
func TestNoWordsInTheLog(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		var log bytes.Buffer
		w.Log = slog.New(slog.NewTextHandler(&log, nil))
		w.KnowsFunction, w.Functions = named, &functions{answer: func(function, content string) (string, error) {
			switch content {
			case "hunter2 fails":
				return "", fmt.Errorf("call: %w", &lambda.FunctionError{Function: function, Type: "ValueError", Message: content})
			case "hunter2 is no JSON":
				return content, nil
			case "hunter2 is a status":
				return `{"status":"` + content + `"}`, nil
			}
			return `{"status":"PROCESSED","result":{"processedChatContent":{"content":"x","contentType":"` + content + `"}}}`, nil
		}}
		c := w.start()
		_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
			InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN),
		})
		if err != nil {
			t.Fatal(err)
		}
		said := []string{"hunter2 fails", "hunter2 is no JSON", "hunter2 is a status", "hunter2 is a type"}
		for _, content := range said {
			w.say(c, content)
		}
		w.advance(0)
		if n := strings.Count(log.String(), "message was not processed"); n != len(said) || strings.Contains(log.String(), "hunter2") {
			t.Errorf("%d of %d failures are logged:\n%s", n, len(said), &log)
		}
		if !strings.Contains(log.String(), "ValueError") || !strings.Contains(log.String(), processorARN) {
			t.Errorf("the log names neither function nor error:\n%s", &log)
		}
	})
}
