"""Law on Social Insurance 41/2024/QH15 of Viet Nam, from 2025-07-01, with the Law on Population from 2026-07-01."""
