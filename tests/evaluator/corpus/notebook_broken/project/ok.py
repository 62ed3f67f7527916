import seaborn as sns

sns.boxplot([1, 2])
