import os
import re
import json


def a(x):
    # y = x + 1
    return x


def b(x):
    return x


def c(x, y, z):
    if x and y or z:
        for i in x:
            if i:
                while y:
                    y -= 1
            elif z:
                z = 0
            else:
                try:
                    z = i
                except ValueError:
                    z = [k for k in x if k]
    return z if z else x if x else y
