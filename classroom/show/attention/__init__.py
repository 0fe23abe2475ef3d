"""Pictures of self-attention: who looks at whom, and what scores and softmax do."""
