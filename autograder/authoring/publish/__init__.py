"""What students get: chosen (`bundle`), searched for what they may not see (`guard`), written (`folder`), pushed
(`push`)."""
