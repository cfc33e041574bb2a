"""个人信息保护法 (Personal Information Protection Law)."""
