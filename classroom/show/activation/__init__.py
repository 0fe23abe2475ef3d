"""Pictures of lesson 01: activation functions, a bent plane, decision boundaries, gradients by depth."""
